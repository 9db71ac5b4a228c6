/** `trapline trace`. */
@NullMarked
package dev.trapline.launcher.trace;

import org.jspecify.annotations.NullMarked;
