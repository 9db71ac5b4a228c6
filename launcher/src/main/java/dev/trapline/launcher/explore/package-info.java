/** `trapline explore`: many runs of one guest, and what is left of the failing ones. */
@NullMarked
package dev.trapline.launcher.explore;

import org.jspecify.annotations.NullMarked;
