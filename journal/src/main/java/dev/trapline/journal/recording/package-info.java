/// The entry points: making, opening and replaying recordings.
@NullMarked
package dev.trapline.journal.recording;

import org.jspecify.annotations.NullMarked;
