/** Shared by the tests and benchmarks of all modules: guests, an assembler, fake engines and histories. */
@NullMarked
package dev.trapline.testkit;

import org.jspecify.annotations.NullMarked;
