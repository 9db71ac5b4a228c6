/** What a recording holds, as values. */
@NullMarked
package dev.trapline.journal.record;

import org.jspecify.annotations.NullMarked;
