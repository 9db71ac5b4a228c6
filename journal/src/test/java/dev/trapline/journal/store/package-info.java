@NullMarked
package dev.trapline.journal.store;

import org.jspecify.annotations.NullMarked;
