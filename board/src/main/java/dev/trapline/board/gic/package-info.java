/** Interrupt controllers: the devices between the lines of other devices and the interrupt inputs of the CPUs. */
@NullMarked
package dev.trapline.board.gic;

import org.jspecify.annotations.NullMarked;
