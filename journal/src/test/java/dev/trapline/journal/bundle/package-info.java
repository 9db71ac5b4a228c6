@NullMarked
package dev.trapline.journal.bundle;

import org.jspecify.annotations.NullMarked;
