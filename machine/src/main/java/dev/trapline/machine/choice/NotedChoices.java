package dev.trapline.machine.choice;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.EntropyKey;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.history.JournalRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Records the choices of another source that differ from the defaults, as a list for [EditedChoices].
public final class NotedChoices extends DelegatingChoices {

    private final List<Choice> noted = new ArrayList<>();
    private final SortedSet<Long> planned = new TreeSet<>();
    private long round;
    /// The first place of that round.
    private @Nullable ChoicePoint beginning;

    public NotedChoices(Choices others) {
        super(others);
    }

    /// The choices, in order. Call it after the run has ended.
    public List<Choice> noted() {
        return List.copyOf(noted);
    }

    @Override
    public Turn turn(ChoicePoint asked, long ready, Turn byDefault) {
        Turn turn = super.turn(asked, ready, byDefault);
        if (!turn.equals(byDefault)) {
            noted.add(new Choice.OfTurn(asked, turn));
        }
        return turn;
    }

    @Override
    public Bytes entropy(EntropyKey asked, int bytes) {
        Bytes drawn = super.entropy(asked, bytes);
        noted.add(new Choice.OfEntropy(asked, drawn));
        return drawn;
    }

    @Override
    public @Nullable CallFault fault(Call asked) {
        CallFault fault = super.fault(asked);
        if (fault != null) {
            noted.add(new Choice.OfFault(asked.key(), fault));
        }
        return fault;
    }

    @Override
    public JournalRecord.@Nullable Arrival arrival(Place here) {
        JournalRecord.Arrival arrival = super.arrival(here);
        if (here.round() != round || beginning == null) {
            round = here.round();
            beginning = here.point();
        }
        if (arrival != null) {
            noted.add(
                    planned.contains(round) && here.point().equals(beginning)
                            ? new Choice.Planned(round, arrival)
                            : new Choice.OfArrival(here.point(), arrival));
        }
        return arrival;
    }

    @Override
    public long arrivalBetween(long after, long until, boolean idle) {
        long next = super.arrivalBetween(after, until, idle);
        planned.add(next);
        return next;
    }
}
