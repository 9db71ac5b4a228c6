package dev.trapline.explore;

import dev.trapline.abi.history.JournalRecord;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.choice.DelegatingChoices;
import org.jspecify.annotations.Nullable;

/// The choices of a run that ends at a time, whatever the guest does.
final class TimedChoices extends DelegatingChoices {

    private final long end;

    /// @param end in ticks
    TimedChoices(Choices others, long end) {
        super(others);
        this.end = end;
    }

    @Override
    public JournalRecord.@Nullable Arrival arrival(Place here) {
        return here.round() >= end
                ? new JournalRecord.Stop(JournalRecord.Stop.Reason.INTERRUPTED)
                : super.arrival(here);
    }

    @Override
    public long arrivalBetween(long after, long until, boolean idle) {
        long next = super.arrivalBetween(after, until, idle);
        return end > after ? Math.min(next, end) : next;
    }
}
