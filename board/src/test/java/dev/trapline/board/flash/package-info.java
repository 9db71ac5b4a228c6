@NullMarked
package dev.trapline.board.flash;

import org.jspecify.annotations.NullMarked;
