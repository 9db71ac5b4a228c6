@NullMarked
package dev.trapline.board.bus;

import org.jspecify.annotations.NullMarked;
