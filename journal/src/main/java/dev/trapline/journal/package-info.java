/** A machine's history: kept in a recording, read from one, or checked against one. */
@NullMarked
package dev.trapline.journal;

import org.jspecify.annotations.NullMarked;
