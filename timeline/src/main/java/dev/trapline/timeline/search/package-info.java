/** Searches of a recording: who wrote memory last. */
@NullMarked
package dev.trapline.timeline.search;

import org.jspecify.annotations.NullMarked;
