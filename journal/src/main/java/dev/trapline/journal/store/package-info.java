/// Where a recording lives: its directory, the file of its events, and the reader over both.
@NullMarked
package dev.trapline.journal.store;

import org.jspecify.annotations.NullMarked;
