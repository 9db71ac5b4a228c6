@NullMarked
package dev.trapline.firmware.smccc;

import org.jspecify.annotations.NullMarked;
