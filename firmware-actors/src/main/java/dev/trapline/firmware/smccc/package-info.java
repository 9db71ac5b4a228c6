/** The SMC Calling Convention's own functions (DEN0028): architecture calls and general queries. */
@NullMarked
package dev.trapline.firmware.smccc;

import org.jspecify.annotations.NullMarked;
