/** The `trapline` command: the only place that chooses implementations, and the only one that talks to a terminal. */
@NullMarked
package dev.trapline.launcher;

import org.jspecify.annotations.NullMarked;
