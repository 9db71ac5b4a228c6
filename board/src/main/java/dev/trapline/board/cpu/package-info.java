/** What of a CPU the engine does not give: its clock, timers and cycle counter, all of them in virtual time. */
@NullMarked
package dev.trapline.board.cpu;

import org.jspecify.annotations.NullMarked;
