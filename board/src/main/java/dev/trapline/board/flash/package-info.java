/** Flash memory that a guest programs: chips with a command interface. */
@NullMarked
package dev.trapline.board.flash;

import org.jspecify.annotations.NullMarked;
