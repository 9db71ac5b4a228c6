/** `trapline run` and `trapline demo`. */
@NullMarked
package dev.trapline.launcher.run;

import org.jspecify.annotations.NullMarked;
