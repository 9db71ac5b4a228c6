/** Benchmarks: what Trapline adds to the bare engine, as ratios to references measured in the same run. */
@NullMarked
package dev.trapline.benchmarks;

import org.jspecify.annotations.NullMarked;
