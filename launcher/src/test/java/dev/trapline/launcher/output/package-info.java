@NullMarked
package dev.trapline.launcher.output;

import org.jspecify.annotations.NullMarked;
