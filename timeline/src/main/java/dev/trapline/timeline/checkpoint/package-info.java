/** Checkpoints that outlive their process: as values, as bytes, and in a file beside their recording. */
@NullMarked
package dev.trapline.timeline.checkpoint;

import org.jspecify.annotations.NullMarked;
