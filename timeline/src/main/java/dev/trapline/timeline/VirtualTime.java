package dev.trapline.timeline;

import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.ExitCosts;
import dev.trapline.abi.machine.MachineSpec;

/// Virtual time along a history, without executing it.
///
/// It is the clock of the vCPU that ran last, so it steps back when another vCPU has its turn in the same round.
final class VirtualTime {

    private final ExitCosts costs;
    private long now;
    private long latest;
    private long slices;

    VirtualTime(MachineSpec spec) {
        this.costs = spec.schedule().exitCosts();
    }

    /// The time after the passed part, in ticks.
    long now() {
        return now;
    }

    /// The clock of the vCPU that is furthest ahead, in ticks.
    long latest() {
        return latest;
    }

    /// The number of passed slices.
    long slices() {
        return slices;
    }

    /// Passes the next record.
    void pass(JournalRecord record) {
        if (record instanceof JournalRecord.Slice slice) {
            now = slice.ended(costs);
            slices++;
        } else if (record instanceof JournalRecord.Round(long begins, long _)) {
            now = begins;
        }
        latest = Math.max(latest, now);
    }
}
