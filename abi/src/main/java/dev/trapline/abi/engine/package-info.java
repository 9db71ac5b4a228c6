/** The port behind which a CPU engine lives: memory map in, slices run, exits out. */
@NullMarked
package dev.trapline.abi.engine;

import org.jspecify.annotations.NullMarked;
