/** `trapline journal`: recordings as files. */
@NullMarked
package dev.trapline.launcher.journal;

import org.jspecify.annotations.NullMarked;
