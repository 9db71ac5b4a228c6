package dev.trapline.explore;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.machine.choice.Choice;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.choice.DelegatingChoices;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The turns of a run from power-on that are not the usual ones: an interleaving that a test has again. Each has a
/// place. If a run never reaches it, as when the guest has changed, the turn is left out.
///
/// As text, it is a list of lines:
///
/// ```text
/// first: vcpu0 for 1457 ticks
/// at 0.000026816 s, after vcpu1: vcpu0 for 1456 ticks
/// at 0.000320000 s: the round ends
/// ```
///
/// @param turns by their places
/// @param ends where rounds end early, in ticks
public record ChosenTurns(NavigableMap<TurnPlace, Turn> turns, NavigableSet<Long> ends) {

    private static final String SECONDS = "at ([0-9]{1,10}\\.[0-9]{9}) s";
    private static final String TURN = ": (vcpu[0-9]{1,2}) for ([0-9]{1,18}) ticks?";
    private static final Pattern FIRST = Pattern.compile("first" + TURN);
    private static final Pattern LATER = Pattern.compile(SECONDS + ", after (vcpu[0-9]{1,2})" + TURN);
    private static final Pattern END = Pattern.compile(SECONDS + ": the round ends");

    /// Where a turn begins. The round is no part of it, so that a turn keeps its place if rounds begin elsewhere.
    ///
    /// @param at the clock of the vCPU that had the last turn, in ticks
    /// @param after that vCPU; before the first turn, the last vCPU of the machine
    public record TurnPlace(long at, VcpuId after) implements Comparable<TurnPlace> {

        private static TurnPlace of(ChoicePoint asked) {
            return new TurnPlace(asked.at(), asked.after());
        }

        private static TurnPlace first(int vcpus) {
            return new TurnPlace(0, new VcpuId(vcpus - 1));
        }

        @Override
        public int compareTo(TurnPlace other) {
            int byTime = Long.compare(at, other.at);
            return byTime == 0 ? Integer.compare(after.index(), other.after.index()) : byTime;
        }
    }

    public ChosenTurns {
        turns = new TreeMap<>(turns);
        ends = new TreeSet<>(ends);
    }

    /// The turns, and the early ends of rounds, among some choices.
    public static ChosenTurns of(List<Choice> choices) {
        NavigableMap<TurnPlace, Turn> turns = new TreeMap<>();
        NavigableSet<Long> ends = new TreeSet<>();
        for (Choice choice : choices) {
            switch (choice) {
                case Choice.OfTurn(ChoicePoint asked, Turn turn) -> turns.putIfAbsent(TurnPlace.of(asked), turn);
                case Choice.RoundEnd(long moment) -> ends.add(moment);
                case Choice.OfArrival _, Choice.Planned _, Choice.OfFault _, Choice.OfEntropy _ -> {}
            }
        }
        return new ChosenTurns(turns, ends);
    }

    /// Whether all turns are the usual ones.
    public boolean isEmpty() {
        return turns.isEmpty() && ends.isEmpty();
    }

    /// The same with another first turn.
    ///
    /// @param vcpus how many the machine has
    public ChosenTurns startingWith(Turn first, int vcpus) {
        NavigableMap<TurnPlace, Turn> more = new TreeMap<>(turns);
        more.put(TurnPlace.first(vcpus), first);
        return new ChosenTurns(more, ends);
    }

    /// The same as one turn, if the vCPU of the first turn has the second one as well.
    public ChosenTurns withFirstJoined() {
        if (turns.isEmpty() || turns.firstKey().at() != 0) {
            return this;
        }
        NavigableMap<TurnPlace, Turn> fewer = new TreeMap<>(turns);
        Turn first = turns.firstEntry().getValue();
        Turn second = fewer.remove(new TurnPlace(first.length(), first.vcpu()));
        if (second == null || !second.vcpu().equals(first.vcpu())) {
            return this;
        }
        fewer.put(turns.firstKey(), new Turn(first.vcpu(), first.length() + second.length()));
        return new ChosenTurns(fewer, ends);
    }

    /// The same with one more end of a round.
    public ChosenTurns withRoundEnd(long moment) {
        NavigableSet<Long> more = new TreeSet<>(ends);
        more.add(moment);
        return new ChosenTurns(turns, more);
    }

    /// Choices with these turns, for one run.
    ///
    /// @param others answers for everything else
    public Choices over(Choices others) {
        return new DelegatingChoices(others) {
            private final NavigableMap<TurnPlace, Turn> left = new TreeMap<>(turns);

            @Override
            public Turn turn(ChoicePoint asked, long ready, Turn byDefault) {
                Turn turn = left.get(TurnPlace.of(asked));
                if (turn == null || (turn.vcpu().bit() & ready) == 0) {
                    return super.turn(asked, ready, byDefault);
                }
                left.remove(TurnPlace.of(asked));
                return turn;
            }

            @Override
            public long arrivalBetween(long after, long until, boolean idle) {
                long next = super.arrivalBetween(after, until, idle);
                Long end = idle ? null : ends.higher(after);
                return end == null ? next : Math.min(next, end);
            }
        };
    }

    /// It as text, by time.
    ///
    /// @param vcpus how many the machine has
    public List<String> lines(int vcpus) {
        List<String> lines = new ArrayList<>();
        NavigableSet<Long> later = new TreeSet<>(ends);
        turns.forEach((place, turn) -> {
            for (long end : List.copyOf(later.headSet(place.at()))) {
                lines.add(endLine(end));
                later.remove(end);
            }
            String when = place.equals(TurnPlace.first(vcpus))
                    ? "first"
                    : "at " + seconds(place.at()) + " s, after " + place.after();
            lines.add(when + ": " + turn.vcpu() + " for " + turn.length() + (turn.length() == 1 ? " tick" : " ticks"));
        });
        later.forEach(end -> lines.add(endLine(end)));
        return lines;
    }

    private static String endLine(long end) {
        return "at " + seconds(end) + " s: the round ends";
    }

    private static String seconds(long ticks) {
        return BigDecimal.valueOf(ticks)
                .multiply(BigDecimal.valueOf(MachineSpec.NANOS_PER_TICK))
                .movePointLeft(9)
                .toPlainString();
    }

    /// Reads such text.
    ///
    /// @param vcpus how many the machine has
    /// @throws IllegalArgumentException if a line is none, or names a place that another one names: the message
    ///     says which
    public static ChosenTurns parse(List<String> lines, int vcpus) {
        NavigableMap<TurnPlace, Turn> turns = new TreeMap<>();
        NavigableSet<Long> ends = new TreeSet<>();
        for (String line : lines) {
            Matcher first = FIRST.matcher(line);
            Matcher later = LATER.matcher(line);
            Matcher end = END.matcher(line);
            boolean isNew;
            if (first.matches()) {
                isNew = turns.putIfAbsent(TurnPlace.first(vcpus), turn(first, 1, vcpus)) == null;
            } else if (later.matches()) {
                TurnPlace place = new TurnPlace(ticks(later.group(1)), vcpu(later.group(2), vcpus));
                isNew = turns.putIfAbsent(place, turn(later, 3, vcpus)) == null;
            } else if (end.matches()) {
                isNew = ends.add(ticks(end.group(1)));
            } else {
                throw new IllegalArgumentException("'" + line + "' is no turn: write it as in 'first: vcpu0 for 20"
                        + " ticks', 'at 0.000026816 s, after vcpu1: vcpu0 for 20 ticks' or 'at 0.000026816 s: the"
                        + " round ends'");
            }
            if (!isNew) {
                throw new IllegalArgumentException("'" + line + "' has the place of another line");
            }
        }
        return new ChosenTurns(turns, ends);
    }

    private static Turn turn(Matcher line, int group, int vcpus) {
        return new Turn(vcpu(line.group(group), vcpus), Long.parseLong(line.group(group + 1)));
    }

    private static VcpuId vcpu(String name, int vcpus) {
        int index = Integer.parseInt(name.substring("vcpu".length()));
        if (index >= vcpus) {
            throw new IllegalArgumentException("there is no " + name + ": the machine has " + vcpus);
        }
        return new VcpuId(index);
    }

    private static long ticks(String seconds) {
        try {
            return new BigDecimal(seconds)
                    .movePointRight(9)
                    .divide(BigDecimal.valueOf(MachineSpec.NANOS_PER_TICK), 0, RoundingMode.UNNECESSARY)
                    .longValueExact();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    seconds + " s are no whole ticks: a tick has " + MachineSpec.NANOS_PER_TICK + " ns", e);
        }
    }
}
