/** The worked example of a service that is not SMCCC: a sum behind an HVC with an immediate of its own. */
@NullMarked
package dev.trapline.firmware.mailbox;

import org.jspecify.annotations.NullMarked;
