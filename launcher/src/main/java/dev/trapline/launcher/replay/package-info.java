/** `trapline replay` and `trapline who-wrote`. */
@NullMarked
package dev.trapline.launcher.replay;

import org.jspecify.annotations.NullMarked;
