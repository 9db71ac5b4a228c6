/** Tests of what is in guest memory when a machine starts. */
@NullMarked
package dev.trapline.board.boot;

import org.jspecify.annotations.NullMarked;
