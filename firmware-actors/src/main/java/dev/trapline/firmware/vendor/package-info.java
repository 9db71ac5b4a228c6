/** The vendor-hypervisor calls of the machine itself: who it is, what it offers, and what would become of a call. */
@NullMarked
package dev.trapline.firmware.vendor;

import org.jspecify.annotations.NullMarked;
