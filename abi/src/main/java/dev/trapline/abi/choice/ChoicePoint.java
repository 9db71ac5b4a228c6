package dev.trapline.abi.choice;

import dev.trapline.abi.VcpuId;

/// A place between two slices at which a machine asks for a choice. It is named by what asks, and not by a count, so
/// that a choice taken away leaves the names of the others.
///
/// @param after the vCPU whose turn was the last one; before the first turn, the last vCPU of the machine
/// @param at its clock, in ticks
/// @param round when the round began, in ticks
public record ChoicePoint(VcpuId after, long at, long round) implements Comparable<ChoicePoint> {

    /// By virtual time, then by vCPU.
    @Override
    public int compareTo(ChoicePoint other) {
        int byRound = Long.compare(round, other.round);
        int byClock = byRound == 0 ? Long.compare(at, other.at) : byRound;
        return byClock == 0 ? Integer.compare(after.index(), other.after.index()) : byClock;
    }

    @Override
    public String toString() {
        return "after " + after + " at " + at + " ticks, in the round of " + round;
    }
}
