@NullMarked
package dev.trapline.board;

import org.jspecify.annotations.NullMarked;
