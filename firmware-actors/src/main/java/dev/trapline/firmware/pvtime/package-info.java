/** Paravirtualized Time (DEN0057): a vCPU's stolen time in guest memory. */
@NullMarked
package dev.trapline.firmware.pvtime;

import org.jspecify.annotations.NullMarked;
