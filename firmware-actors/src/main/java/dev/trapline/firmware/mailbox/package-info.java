/** A simple example of a service that does not use SMCCC: a sum behind an HVC with its own immediate. */
@NullMarked
package dev.trapline.firmware.mailbox;

import org.jspecify.annotations.NullMarked;
