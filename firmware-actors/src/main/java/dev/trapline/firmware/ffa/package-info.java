/** The Firmware Framework for Arm A-profile (DEN0077): the calls of a guest's probe; all others return an error. */
@NullMarked
package dev.trapline.firmware.ffa;

import org.jspecify.annotations.NullMarked;
