@NullMarked
package dev.trapline.board.memory;

import org.jspecify.annotations.NullMarked;
