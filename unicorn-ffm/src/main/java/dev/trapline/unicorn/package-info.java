/** The engine port, implemented with Unicorn. No other module knows Unicorn. */
@NullMarked
package dev.trapline.unicorn;

import org.jspecify.annotations.NullMarked;
