@NullMarked
package dev.trapline.journal.persistence;

import org.jspecify.annotations.NullMarked;
