/** The engine port, implemented with Unicorn by the Foreign Function and Memory API. No other package knows Unicorn. */
@NullMarked
package dev.trapline.unicorn;

import org.jspecify.annotations.NullMarked;
