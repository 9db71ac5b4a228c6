package dev.trapline.explore;

import java.util.List;

/// How far an exploration is.
///
/// @param runs that have ended
/// @param failed how many of them
/// @param checked how many were run twice, to see whether both are equal
/// @param slices of all runs
/// @param instructions of all runs
/// @param longest virtual time of the longest run, in ticks
/// @param groups by the names of their groups
/// @param coverage of all runs
public record Tally(
        long runs,
        long failed,
        long checked,
        long slices,
        long instructions,
        long longest,
        List<FailureGroup> groups,
        Coverage coverage) {
    /// Before the first run.
    public static final Tally NOTHING = new Tally(0, 0, 0, 0, 0, 0, List.of(), Coverage.NOTHING);

    public Tally {
        groups = List.copyOf(groups);
    }
}
