package dev.trapline.abi.choice;

import dev.trapline.abi.VcpuId;

/// A place between two slices at which a machine asks for a choice. It is named by what asks, and not by a count, so
/// that a choice taken away leaves the names of the others.
///
/// @param after the vCPU whose turn was the last one; before the first turn, the last vCPU of the machine
/// @param at its clock, in ticks
/// @param round when the round began, in ticks
public record ChoicePoint(VcpuId after, long at, long round) implements Comparable<ChoicePoint> {

    /// The clock of a vCPU in this round, in ticks, as far as it is known here. It is known if its turn was the
    /// last one. That of another one is taken to be the round's beginning: so it is if it had no turn yet.
    public long clock(VcpuId vcpu) {
        return vcpu.equals(after) ? Math.max(at, round) : round;
    }

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
