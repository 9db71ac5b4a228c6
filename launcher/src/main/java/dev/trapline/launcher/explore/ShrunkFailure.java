package dev.trapline.launcher.explore;

import dev.trapline.explore.Finding;
import dev.trapline.explore.Minimum;
import java.util.List;

/// A failure that was shrunk, as its test needs it.
///
/// @param finding how the run failed
/// @param minimum what is left of it
/// @param story a line for each choice that is left
/// @param beginnings the turns that a test may have, the best first
/// @param seed decided what the plan of faults left open
record ShrunkFailure(Finding finding, Minimum minimum, List<String> story, List<RunBeginning> beginnings, long seed) {
    ShrunkFailure {
        story = List.copyOf(story);
        beginnings = List.copyOf(beginnings);
    }
}
