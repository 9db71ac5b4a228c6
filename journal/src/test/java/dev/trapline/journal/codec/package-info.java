@NullMarked
package dev.trapline.journal.codec;

import org.jspecify.annotations.NullMarked;
