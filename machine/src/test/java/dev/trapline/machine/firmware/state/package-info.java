@NullMarked
package dev.trapline.machine.firmware.state;

import org.jspecify.annotations.NullMarked;
