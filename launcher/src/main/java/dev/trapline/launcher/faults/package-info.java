/** `trapline faults`: plans of faults. */
@NullMarked
package dev.trapline.launcher.faults;

import org.jspecify.annotations.NullMarked;
