@NullMarked
package dev.trapline.firmware.psci;

import org.jspecify.annotations.NullMarked;
