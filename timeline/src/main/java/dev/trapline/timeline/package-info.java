/** A recording that one can move in: played slice by slice, and gone back in by checkpoints. */
@NullMarked
package dev.trapline.timeline;

import org.jspecify.annotations.NullMarked;
