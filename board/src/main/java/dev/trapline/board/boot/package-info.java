/** What is in guest memory when a machine starts: images, the generated device tree, and where vCPU 0 begins. */
@NullMarked
package dev.trapline.board.boot;

import org.jspecify.annotations.NullMarked;
