package dev.trapline.machine.choice;

import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.EntropyKey;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.machine.schedule.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Writes down the choices of a recording while it is replayed, as a list for [EditedChoices]: how the run differs from
/// one in the order of round robin in which nothing happens and nothing goes wrong. The user's stop is left out.
public final class RecordedChoices implements Choices {

    private static final long NOWHERE = -1;

    private final Scheduler roundRobin;
    private final long quantum;
    private final List<Choice> noted = new ArrayList<>();
    private final SortedMap<String, Long> draws = new TreeMap<>();
    /// Where rounds began or ended that do not follow from what was before: mostly for what arrives there.
    private final SortedSet<Long> planned = new TreeSet<>();
    /// The ends of rounds that are among the choices, because nothing has arrived then.
    private final SortedSet<Long> ends = new TreeSet<>();
    private long round;
    private @Nullable ChoicePoint beginning;
    private @Nullable CallFault ahead;
    private final long from;

    /// @param recorded the recording's machine
    public RecordedChoices(MachineSpec recorded) {
        this(recorded, NOWHERE);
    }

    /// Only those behind the grant of a slice.
    ///
    /// @param from the slice, from 0
    public RecordedChoices(MachineSpec recorded, long from) {
        this.from = from;
        this.quantum = recorded.schedule().quantum();
        this.roundRobin =
                Scheduler.of(Schedule.ROUND_ROBIN, quantum, recorded.schedule().seed());
    }

    /// The choices, in order. Call it after the replay has ended.
    public List<Choice> noted() {
        return List.copyOf(noted);
    }

    @Override
    public void granted(long slice) {
        if (slice == from) {
            noted.clear();
            ends.clear();
        }
    }

    @Override
    public void recorded(ChoicePoint asked, long ready, Turn turn) {
        if (!turn.equals(roundRobin.next(asked, ready))) {
            noted.add(new Choice.OfTurn(asked, turn));
        }
    }

    @Override
    public @Nullable CallFault fault(Call asked) {
        if (ahead != null) {
            noted.add(new Choice.OfFault(asked.key(), ahead));
            ahead = null;
        }
        return null;
    }

    @Override
    public void passOver(JournalRecord.Input recorded, Place here) {
        if (here.round() != round || beginning == null) {
            round = here.round();
            beginning = here.point();
        }
        switch (recorded) {
            case JournalRecord.Stop _, JournalRecord.Renewed _, JournalRecord.Turned _ -> {}
            case JournalRecord.Arrival arrival -> {
                boolean isPlanned = planned.contains(round) && here.point().equals(beginning);
                noted.add(isPlanned ? new Choice.Planned(round, arrival) : new Choice.OfArrival(here.point(), arrival));
                if (isPlanned && ends.remove(round)) {
                    // It was noted a moment ago: there may be very many choices before it.
                    noted.remove(noted.lastIndexOf(new Choice.RoundEnd(round)));
                }
            }
            case JournalRecord.Entropy entropy ->
                noted.add(new Choice.OfEntropy(
                        new EntropyKey(entropy.service(), draws.merge(entropy.service(), 1L, Long::sum)),
                        entropy.bytes()));
            case JournalRecord.Faulted(CallFault fault) -> ahead = fault;
            case JournalRecord.Round(long begins, long end) -> {
                planned.add(begins);
                if (end < begins + quantum && planned.add(end)) {
                    ends.add(end);
                    noted.add(new Choice.RoundEnd(end));
                }
            }
        }
    }
}
