/** A small tree of modules that violates every rule, to test that the rules find the violations. */
@NullMarked
package dev.trapline.architecture.sample;

import org.jspecify.annotations.NullMarked;
