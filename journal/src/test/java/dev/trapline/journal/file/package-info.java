@NullMarked
package dev.trapline.journal.file;

import org.jspecify.annotations.NullMarked;
