/** The True Random Number Generator Firmware Interface (DEN0098), fed by the machine's entropy source. */
@NullMarked
package dev.trapline.firmware.trng;

import org.jspecify.annotations.NullMarked;
