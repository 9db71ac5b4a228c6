@NullMarked
package dev.trapline.launcher;

import org.jspecify.annotations.NullMarked;
