/** The Firmware Framework for Arm A-profile (DEN0077): what a guest's probe asks, and an error for all else. */
@NullMarked
package dev.trapline.firmware.ffa;

import org.jspecify.annotations.NullMarked;
