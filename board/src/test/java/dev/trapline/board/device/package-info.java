@NullMarked
package dev.trapline.board.device;

import org.jspecify.annotations.NullMarked;
