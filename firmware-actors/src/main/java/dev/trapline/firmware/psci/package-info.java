/** Power State Coordination Interface (DEN0022). */
@NullMarked
package dev.trapline.firmware.psci;

import org.jspecify.annotations.NullMarked;
