/** What could have gone otherwise in a run, and what was chosen. */
@NullMarked
package dev.trapline.abi.choice;

import org.jspecify.annotations.NullMarked;
