/** The SMC Calling Convention's own functions (DEN0028). */
@NullMarked
package dev.trapline.firmware.smccc;

import org.jspecify.annotations.NullMarked;
