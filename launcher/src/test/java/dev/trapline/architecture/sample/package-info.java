/** A small tree of modules that breaks every rule between modules, so that the rules can be seen to notice. */
@NullMarked
package dev.trapline.architecture.sample;

import org.jspecify.annotations.NullMarked;
