@NullMarked
package dev.trapline.firmware.sdei;

import org.jspecify.annotations.NullMarked;
