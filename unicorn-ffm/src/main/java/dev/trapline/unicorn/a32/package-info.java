/** AArch32: CPUs of that width, and programs at EL0 of an AArch64 CPU. */
@NullMarked
package dev.trapline.unicorn.a32;

import org.jspecify.annotations.NullMarked;
