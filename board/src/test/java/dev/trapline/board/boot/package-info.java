/** Tests of the initial content of guest memory. */
@NullMarked
package dev.trapline.board.boot;

import org.jspecify.annotations.NullMarked;
