@NullMarked
package dev.trapline.journal;

import org.jspecify.annotations.NullMarked;
