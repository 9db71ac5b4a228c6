@NullMarked
package dev.trapline.journal.query;

import org.jspecify.annotations.NullMarked;
