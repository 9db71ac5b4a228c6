package dev.trapline.timeline;

import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.ExitCosts;
import dev.trapline.abi.machine.MachineSpec;

/// Virtual time along a history, without executing it.
///
/// It is the clock of the vCPU that ran last, so it goes back where another vCPU has its turn in the same round.
final class VirtualTime {

    private final ExitCosts costs;
    private long now;
    private long latest;
    private long slices;

    VirtualTime(MachineSpec spec) {
        this.costs = spec.schedule().exitCosts();
    }

    /// Behind what was passed, in ticks.
    long now() {
        return now;
    }

    /// The furthest that any vCPU has come, in ticks.
    long latest() {
        return latest;
    }

    /// Slices that were passed.
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
