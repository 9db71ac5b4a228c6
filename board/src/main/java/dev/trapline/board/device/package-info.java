/** The machine's devices. */
@NullMarked
package dev.trapline.board.device;

import org.jspecify.annotations.NullMarked;
