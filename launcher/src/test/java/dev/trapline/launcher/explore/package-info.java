@NullMarked
package dev.trapline.launcher.explore;

import org.jspecify.annotations.NullMarked;
