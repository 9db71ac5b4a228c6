package dev.trapline.explore;

import dev.trapline.abi.history.JournalRecord;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.choice.DelegatingChoices;
import org.jspecify.annotations.Nullable;

/// The choices of a run that is asked to end as soon as it has failed. So its recording ends there as well.
public final class JudgedChoices extends DelegatingChoices {

    private final ConsoleWatch console;
    private long last = Long.MAX_VALUE;

    /// @param oracle reads the console
    /// @param own the run's choices
    public JudgedChoices(Oracle oracle, Choices own) {
        super(own);
        this.console = new ConsoleWatch(oracle);
    }

    /// The run is to end after so many slices.
    public JudgedChoices endingAt(long slices) {
        last = slices;
        return this;
    }

    /// What the guest printed that is a failure; null if there is nothing. Ends the last line.
    public @Nullable Finding printed() {
        return console.atEnd();
    }

    @Override
    public void printed(byte[] bytes, int count, long now) {
        console.write(bytes, count);
        super.printed(bytes, count, now);
    }

    @Override
    public JournalRecord.@Nullable Arrival arrival(Place here) {
        return console.finding() != null || here.slices() >= last
                ? new JournalRecord.Stop(JournalRecord.Stop.Reason.INTERRUPTED)
                : super.arrival(here);
    }
}
