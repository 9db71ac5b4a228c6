@NullMarked
package dev.trapline.firmware.state;

import org.jspecify.annotations.NullMarked;
