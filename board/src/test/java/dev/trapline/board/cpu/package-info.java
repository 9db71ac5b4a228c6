@NullMarked
package dev.trapline.board.cpu;

import org.jspecify.annotations.NullMarked;
