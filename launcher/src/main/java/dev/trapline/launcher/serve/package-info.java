/** `trapline serve`. */
@NullMarked
package dev.trapline.launcher.serve;

import org.jspecify.annotations.NullMarked;
