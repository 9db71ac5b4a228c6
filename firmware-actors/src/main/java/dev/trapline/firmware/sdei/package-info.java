/** Software Delegated Exception Interface (DEN0054). */
@NullMarked
package dev.trapline.firmware.sdei;

import org.jspecify.annotations.NullMarked;
