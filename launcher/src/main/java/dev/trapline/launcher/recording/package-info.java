/** The files that commands are given: recordings, guests, exports. */
@NullMarked
package dev.trapline.launcher.recording;

import org.jspecify.annotations.NullMarked;
