/** Devices of the VirtIO specification 1.2: the transport over memory-mapped registers, and what is behind it. */
@NullMarked
package dev.trapline.board.virtio;

import org.jspecify.annotations.NullMarked;
