@NullMarked
package dev.trapline.launcher.process;

import org.jspecify.annotations.NullMarked;
