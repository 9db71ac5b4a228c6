package dev.trapline.machine.choice;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.choice.CallKey;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.EntropyKey;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.history.JournalRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Runs a machine with a recorded or edited list of choices. A choice is used when the machine asks for its name.
/// Choices that are not in the list are passed to another source. Choices in the list that the machine never asks for
/// remain unused.
public final class EditedChoices extends DelegatingChoices {

    private final SortedMap<ChoicePoint, Turn> turns = new TreeMap<>();
    private final SortedMap<ChoicePoint, Deque<JournalRecord.Arrival>> arrivals = new TreeMap<>();
    private final SortedMap<EntropyKey, Bytes> entropy = new TreeMap<>();
    private final SortedMap<CallKey, CallFault> faults = new TreeMap<>();
    private final SortedMap<Long, Deque<JournalRecord.Arrival>> planned = new TreeMap<>();
    private final NavigableSet<Long> ends = new TreeSet<>();

    /// @param sequence the choices, in any order; arrivals at the same point keep their order in the list
    /// @param others answers for choices that are not in the list
    /// @throws IllegalArgumentException if two choices answer the same question
    public EditedChoices(List<Choice> sequence, Choices others) {
        super(others);
        sequence.forEach(this::add);
    }

    private void add(Choice choice) {
        Object before = switch (choice) {
            case Choice.OfTurn(ChoicePoint asked, Turn turn) -> turns.put(asked, turn);
            case Choice.OfEntropy(EntropyKey asked, Bytes bytes) -> entropy.put(asked, bytes);
            case Choice.OfFault(CallKey asked, CallFault fault) -> faults.put(asked, fault);
            case Choice.OfArrival(ChoicePoint asked, JournalRecord.Arrival arrival) -> queue(arrivals, asked, arrival);
            case Choice.Planned(long moment, JournalRecord.Arrival arrival) -> queue(planned, moment, arrival);
            case Choice.RoundEnd(long moment) -> ends.add(moment) ? null : moment;
        };
        if (before != null) {
            throw new IllegalArgumentException("two choices for the same question: " + choice + " and " + before);
        }
    }

    private static <K> @Nullable Object queue(
            SortedMap<K, Deque<JournalRecord.Arrival>> waiting, K asked, JournalRecord.Arrival arrival) {
        waiting.computeIfAbsent(asked, _ -> new ArrayDeque<>()).add(arrival);
        return null;
    }

    /// The choices that the machine has not asked for: by kind, and in order.
    public List<Choice> unused() {
        List<Choice> unused = new ArrayList<>();
        turns.forEach((asked, turn) -> unused.add(new Choice.OfTurn(asked, turn)));
        arrivals.forEach((asked, waiting) -> waiting.forEach(one -> unused.add(new Choice.OfArrival(asked, one))));
        planned.forEach((moment, waiting) -> waiting.forEach(one -> unused.add(new Choice.Planned(moment, one))));
        entropy.forEach((asked, bytes) -> unused.add(new Choice.OfEntropy(asked, bytes)));
        faults.forEach((asked, fault) -> unused.add(new Choice.OfFault(asked, fault)));
        return unused;
    }

    /// A turn for a vCPU that cannot run at this point stays unused.
    @Override
    public Turn turn(ChoicePoint asked, long ready, Turn byDefault) {
        Turn turn = turns.get(asked);
        if (turn == null || (turn.vcpu().bit() & ready) == 0) {
            return super.turn(asked, ready, byDefault);
        }
        turns.remove(asked);
        return turn;
    }

    @Override
    public Bytes entropy(EntropyKey asked, int bytes) {
        Bytes chosen = entropy.get(asked);
        if (chosen == null || chosen.size() > bytes) {
            return super.entropy(asked, bytes);
        }
        entropy.remove(asked);
        return chosen;
    }

    /// A fault that needs a service stays unused if none gets the call.
    @Override
    public @Nullable CallFault fault(Call asked) {
        CallFault chosen = faults.isEmpty() ? null : faults.get(asked.key());
        if (chosen == null || (chosen.needsService() && asked.service() == null)) {
            return super.fault(asked);
        }
        faults.remove(asked.key());
        return chosen;
    }

    @Override
    public JournalRecord.@Nullable Arrival arrival(Place here) {
        if (!planned.isEmpty() && planned.firstKey() <= here.round()) {
            JournalRecord.Arrival due = next(planned, planned.firstKey(), here);
            if (due != null) {
                return due;
            }
        }
        JournalRecord.Arrival chosen = arrivals.isEmpty() ? null : next(arrivals, here.point(), here);
        return chosen == null ? super.arrival(here) : chosen;
    }

    /// Console input and frames wait until their receiver has room for them.
    private static <K> JournalRecord.@Nullable Arrival next(
            SortedMap<K, Deque<JournalRecord.Arrival>> all, K asked, Place here) {
        Deque<JournalRecord.Arrival> waiting = all.get(asked);
        if (waiting == null || !fits(waiting.getFirst(), here)) {
            return null;
        }
        JournalRecord.Arrival next = waiting.remove();
        if (waiting.isEmpty()) {
            all.remove(asked);
        }
        return next;
    }

    /// Whether the receiver of an arrival has room for it.
    static boolean fits(JournalRecord.Arrival arrival, Place here) {
        return switch (arrival) {
            case JournalRecord.ConsoleInput(Bytes bytes) -> bytes.size() <= here.receiverRoom();
            case JournalRecord.Frame _ -> here.receivesFrame();
            case JournalRecord.Reconfigured _, JournalRecord.Injected _, JournalRecord.Stop _ -> true;
        };
    }

    @Override
    public long arrivalBetween(long after, long until, boolean idle) {
        SortedMap<Long, Deque<JournalRecord.Arrival>> later = planned.tailMap(after + 1);
        Long end = idle ? null : ends.higher(after);
        long next = Math.min(super.arrivalBetween(after, until, idle), end == null ? NEVER : end);
        return later.isEmpty() ? next : Math.min(later.firstKey(), next);
    }
}
