/** What happens while a slice runs, and how it ends: hooks, accesses that nobody answers, exceptions. */
@NullMarked
package dev.trapline.unicorn.slice;

import org.jspecify.annotations.NullMarked;
