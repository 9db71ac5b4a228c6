package dev.trapline.machine.choice;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.EntropyKey;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.machine.schedule.Scheduler;
import org.jspecify.annotations.Nullable;

/// Turns from another schedule than the machine's own. Differences are recorded, so a random run can be expressed as
/// its differences from round robin.
///
/// @param schedule answers for turns
/// @param others answers everything else
public record ScheduledChoices(Scheduler schedule, Choices others) implements Choices {

    @Override
    public Turn turn(ChoicePoint asked, long ready, Turn byDefault) {
        return schedule.next(asked, ready);
    }

    @Override
    public Bytes entropy(EntropyKey asked, int bytes) {
        return others.entropy(asked, bytes);
    }

    @Override
    public JournalRecord.@Nullable Arrival arrival(Place here) {
        return others.arrival(here);
    }

    @Override
    public long arrivalAfter(long moment) {
        return others.arrivalAfter(moment);
    }

    @Override
    public void passOver(JournalRecord.Input recorded, Place here) {
        others.passOver(recorded, here);
    }

    @Override
    public Left left() {
        return others.left();
    }
}
