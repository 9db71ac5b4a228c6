package dev.trapline.timeline;

import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.MachineSpec;

/// Virtual time along a history, without executing it.
final class VirtualTime {

    private final long cutSliceCost;
    private long now;
    private long slices;

    VirtualTime(MachineSpec spec) {
        this.cutSliceCost = spec.schedule().cutSliceCost();
    }

    /// Behind what was passed, in ticks.
    long now() {
        return now;
    }

    /// Slices that were passed.
    long slices() {
        return slices;
    }

    /// Passes the next record.
    void pass(JournalRecord record) {
        if (record instanceof JournalRecord.Slice slice) {
            now += slice.cost(cutSliceCost);
            slices++;
        } else if (record instanceof JournalRecord.Idle(long until)) {
            now = until;
        }
    }
}
