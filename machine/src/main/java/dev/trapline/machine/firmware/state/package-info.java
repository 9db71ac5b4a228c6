/** States of services as bytes, found out from their types alone. */
@NullMarked
package dev.trapline.machine.firmware.state;

import org.jspecify.annotations.NullMarked;
