/** Exact budgets without a call for each instruction, and the other shortcuts. */
@NullMarked
package dev.trapline.unicorn.counting;

import org.jspecify.annotations.NullMarked;
