/// Replaying: checking a run against its recording, and saying where it differs.
@NullMarked
package dev.trapline.journal.replay;

import org.jspecify.annotations.NullMarked;
