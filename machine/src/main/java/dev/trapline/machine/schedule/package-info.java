/** Who runs next, and for how long: pure and seeded. */
@NullMarked
package dev.trapline.machine.schedule;

import org.jspecify.annotations.NullMarked;
