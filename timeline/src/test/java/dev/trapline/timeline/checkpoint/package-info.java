@NullMarked
package dev.trapline.timeline.checkpoint;

import org.jspecify.annotations.NullMarked;
