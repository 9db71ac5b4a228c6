@NullMarked
package dev.trapline.launcher.log;

import org.jspecify.annotations.NullMarked;
