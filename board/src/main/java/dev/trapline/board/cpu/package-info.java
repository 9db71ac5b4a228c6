/** The parts of a CPU that the engine does not provide: its clock, timers and cycle counter, all in virtual time. */
@NullMarked
package dev.trapline.board.cpu;

import org.jspecify.annotations.NullMarked;
