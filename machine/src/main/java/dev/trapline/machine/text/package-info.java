/** Hypercalls as people read them. */
@NullMarked
package dev.trapline.machine.text;

import org.jspecify.annotations.NullMarked;
