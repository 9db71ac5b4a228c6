/** The initial content of guest memory: images, the generated device tree, and the start address of vCPU 0. */
@NullMarked
package dev.trapline.board.boot;

import org.jspecify.annotations.NullMarked;
