@NullMarked
package dev.trapline.launcher.recording;

import org.jspecify.annotations.NullMarked;
