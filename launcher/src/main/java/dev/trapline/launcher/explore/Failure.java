package dev.trapline.launcher.explore;

import dev.trapline.explore.FailureGroup;
import dev.trapline.explore.Minimum;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A kind of failure, as it is reported.
///
/// @param minimum what is left of its shortest run; null if it was not shrunk
/// @param story a line for each choice that it needs
/// @param lastCalls the last calls of what is left, oldest first
/// @param recording the recording of its shortest run; null if nothing is kept
/// @param smallest the recording of what is left
/// @param plan the plan with its faults; null if it needs none
/// @param test its JUnit test; null if nothing is kept
record Failure(
        FailureGroup group,
        @Nullable Minimum minimum,
        List<String> story,
        List<String> lastCalls,
        @Nullable Path recording,
        @Nullable Path smallest,
        @Nullable Path plan,
        @Nullable FailureTest test) {
    /// One that was neither shrunk nor kept.
    static Failure of(FailureGroup group) {
        return new Failure(group, null, List.of(), List.of(), null, null, null, null);
    }

    Failure {
        story = List.copyOf(story);
        lastCalls = List.copyOf(lastCalls);
    }
}
