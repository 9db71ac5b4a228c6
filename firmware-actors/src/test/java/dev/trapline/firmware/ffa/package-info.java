@NullMarked
package dev.trapline.firmware.ffa;

import org.jspecify.annotations.NullMarked;
