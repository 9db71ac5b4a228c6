package dev.trapline.machine.choice;

import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.Turn;
import dev.trapline.machine.schedule.Scheduler;

/// Turns from another schedule than the machine's own. Differences are recorded, so a random run can be expressed as
/// its differences from round robin.
public final class ScheduledChoices extends DelegatingChoices {

    private final Scheduler schedule;

    /// @param schedule answers for turns
    /// @param others answer for everything else
    public ScheduledChoices(Scheduler schedule, Choices others) {
        super(others);
        this.schedule = schedule;
    }

    @Override
    public Turn turn(ChoicePoint asked, long ready, Turn byDefault) {
        return schedule.next(asked, ready);
    }
}
