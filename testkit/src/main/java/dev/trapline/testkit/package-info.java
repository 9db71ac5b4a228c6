/** What tests and benchmarks of every module share: guests, an assembler, engines and histories that are none. */
@NullMarked
package dev.trapline.testkit;

import org.jspecify.annotations.NullMarked;
