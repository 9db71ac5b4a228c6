/** Firmware services in a machine: each with its state, and watched while it works. */
@NullMarked
package dev.trapline.machine.firmware;

import org.jspecify.annotations.NullMarked;
