/** Where a run's choices come from: the operator and the seed, an edited sequence, a test. */
@NullMarked
package dev.trapline.machine.choice;

import org.jspecify.annotations.NullMarked;
