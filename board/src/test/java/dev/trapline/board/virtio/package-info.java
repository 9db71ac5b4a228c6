@NullMarked
package dev.trapline.board.virtio;

import org.jspecify.annotations.NullMarked;
