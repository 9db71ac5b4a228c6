/** The SPI of firmware services: a descriptor and a pure function from state and call to registers and effects. */
@NullMarked
package dev.trapline.abi.firmware;

import org.jspecify.annotations.NullMarked;
