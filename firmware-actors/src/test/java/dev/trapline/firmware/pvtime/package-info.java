@NullMarked
package dev.trapline.firmware.pvtime;

import org.jspecify.annotations.NullMarked;
