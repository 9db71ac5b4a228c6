@NullMarked
package dev.trapline.firmware.vendor;

import org.jspecify.annotations.NullMarked;
