@NullMarked
package dev.trapline.firmware.trng;

import org.jspecify.annotations.NullMarked;
