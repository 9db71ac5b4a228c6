@NullMarked
package dev.trapline.board.gic;

import org.jspecify.annotations.NullMarked;
