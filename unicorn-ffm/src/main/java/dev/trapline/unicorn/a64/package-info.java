/** AArch64 CPUs. */
@NullMarked
package dev.trapline.unicorn.a64;

import org.jspecify.annotations.NullMarked;
