/// A recording as one compressed file: export and import.
@NullMarked
package dev.trapline.journal.bundle;

import org.jspecify.annotations.NullMarked;
