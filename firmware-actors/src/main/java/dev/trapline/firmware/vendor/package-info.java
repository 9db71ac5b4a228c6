/** The vendor-hypervisor calls of the machine itself: its identity, its features, and the decision for a call. */
@NullMarked
package dev.trapline.firmware.vendor;

import org.jspecify.annotations.NullMarked;
