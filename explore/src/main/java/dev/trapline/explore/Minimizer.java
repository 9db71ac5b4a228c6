package dev.trapline.explore;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.machine.choice.Choice;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.choice.EditedChoices;
import dev.trapline.machine.choice.NotedChoices;
import dev.trapline.machine.choice.PlannedFaults;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Takes choices out of a failing run as long as it fails in the same way: rules of
/// faults first, then faults, turns, and injections.
///
/// A run is its seed and its choices. What is taken out becomes the default: no fault, and the turn that the machine's
/// own schedule gives. Lists are shortened from both ends by halves, and then by delta debugging (Zeller and
/// Hildebrandt, 2002).
public final class Minimizer {

    /// How many runs a search has, unless it is told otherwise.
    public static final int RUNS = 200;

    /// Of more faults, only the rules are looked at: a guest that fails because all its calls fail needs all of
    /// them.
    private static final int MOST_FAULTS = 200;

    private final EngineFactory engines;
    private final SeededChoices seeded;
    private final Oracle oracle;
    private final int budget;

    /// @param seeded the choices of the failing run
    /// @param budget how many runs the search may have, 1 or more
    public Minimizer(EngineFactory engines, SeededChoices seeded, Oracle oracle, int budget) {
        this.engines = engines;
        this.seeded = seeded;
        this.oracle = oracle;
        this.budget = budget;
    }

    /// Shrinks a failing run.
    ///
    /// @param seed the run's
    /// @param finding how it fails
    /// @return null if a run with this seed does not fail so
    public @Nullable Minimum minimize(long seed, Finding finding) {
        try (TrialMachine machine = new TrialMachine(engines, seeded.subject(), oracle)) {
            return minimize(seed, finding, machine::run);
        }
    }

    /// The same, where somebody else judges.
    ///
    /// @param runs has a run with some choices, and judges it
    public @Nullable Minimum minimize(long seed, Finding finding, Function<Choices, Trial> runs) {
        return new Search(runs, seed, finding).minimum();
    }

    /// The choices that make a minimum of a run.
    public Choices choices(long seed, Minimum minimum) {
        return edited(seed, new Left(minimum.rules(), minimum.choices(), minimum.injections(), minimum.faulted()));
    }

    /// What a run has left.
    private record Left(
            FaultPlan rules, List<Choice> choices, List<PlannedInjection> injections, FaultedCalls faulted) {}

    private Choices edited(long seed, Left left) {
        SeededChoices plain = new SeededChoices(
                seeded.subject().withInjections(left.injections()), seeded.strategy(), false, seeded.span());
        Choices faulty =
                left.rules().isEmpty() ? plain.withoutFaults(seed) : plain.faulty(left.rules(), seed);
        return left.faulted().guard(new EditedChoices(left.choices(), faulty));
    }

    /// The budget is used up.
    private static final class NoMoreRunsException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private final class Search {

        private final Function<Choices, Trial> machine;
        private final long seed;
        private final Finding finding;
        private FaultPlan rules;
        private List<Choice> faults = new ArrayList<>();
        private List<Choice> turns = new ArrayList<>();
        private List<PlannedInjection> injections = seeded.subject().injections();
        private FaultedCalls faulted = FaultedCalls.NONE;
        private long before;
        private int runs;
        private @Nullable Trial best;

        private Search(Function<Choices, Trial> machine, long seed, Finding finding) {
            this.machine = machine;
            this.seed = seed;
            this.finding = finding;
            this.rules = seeded.plan(seed);
        }

        private @Nullable Minimum minimum() {
            Trial whole = fails(asSeeded(rules)) ? best : null;
            if (whole == null) {
                return null;
            }
            boolean minimal = false;
            try {
                rules = withOthers(without(rules.rules(), some -> fails(asSeeded(withOthers(some)))));
                minimal = note() && shrink();
            } catch (NoMoreRunsException _) {
                // What is left is still a failing run.
            }
            Trial least = best == null ? whole : best;
            return new Minimum(rules, inOrder(), injections, faulted, least, whole, before, runs, minimal);
        }

        private FaultPlan withOthers(List<FaultRule> some) {
            return Plans.only(rules, Plans.names(some));
        }

        private Choices asSeeded(FaultPlan plan) {
            Subject fewer = seeded.subject().withFaults(plan);
            return new SeededChoices(fewer, seeded.strategy(), false, seeded.span()).of(seed);
        }

        /// Writes down the choices of the run. What the plan injects is from here on as what the user injects. Faults
        /// of inputs remain rules.
        private boolean note() {
            PlannedFaults planned = seeded.faulty(rules, seed);
            FaultedCalls.Notes calls = new FaultedCalls.Notes(seeded.scheduled(seed, planned));
            NotedChoices noted = new NotedChoices(calls);
            boolean same = fails(noted);
            List<Choice> found = new ArrayList<>();
            for (Choice choice : noted.noted()) {
                switch (choice) {
                    case Choice.OfFault fault -> found.add(fault);
                    case Choice.OfTurn turn -> turns.add(turn);
                    // The script and the seed are the same in each run.
                    case Choice.OfArrival _, Choice.Planned _, Choice.OfEntropy _ -> {}
                }
            }
            List<PlannedInjection> injected = planned.injected();
            before = (long) found.size() + turns.size() + injections.size() + injected.size();
            if (found.size() + injected.size() <= MOST_FAULTS) {
                List<PlannedInjection> all = new ArrayList<>(injections);
                all.addAll(injected);
                FaultPlan ofInputs = Plans.ofInputs(rules);
                FaultedCalls functions = calls.noted();
                if (injected.isEmpty() || fails(edited(seed, new Left(ofInputs, together(found, turns), all, functions)))) {
                    rules = ofInputs;
                    faults = found;
                    faulted = functions;
                    injections = all;
                }
            }
            return same;
        }

        private static List<Choice> together(List<Choice> some, List<Choice> others) {
            List<Choice> all = new ArrayList<>(some);
            all.addAll(others);
            return all;
        }

        private boolean shrink() {
            int size;
            do {
                size = size();
                faults = without(faults, some -> fails(some, turns, injections));
                turns = without(turns, some -> fails(faults, some, injections));
                turns = joined(turns, some -> fails(faults, some, injections));
                injections = without(injections, some -> fails(faults, turns, some));
            } while (size() < size);
            return true;
        }

        private int size() {
            return faults.size() + turns.size() + injections.size();
        }

        private List<Choice> inOrder() {
            return together(faults, turns);
        }

        private boolean fails(List<Choice> someFaults, List<Choice> someTurns, List<PlannedInjection> some) {
            return fails(edited(seed, new Left(rules, together(someFaults, someTurns), some, faulted)));
        }

        private boolean fails(Choices choices) {
            if (runs >= budget) {
                throw new NoMoreRunsException();
            }
            runs++;
            Trial trial = machine.apply(choices);
            if (trial.failsLike(finding)) {
                best = trial;
                return true;
            }
            return false;
        }
    }

    /// The elements that are needed.
    ///
    /// @param isEnough whether some of them are; all of them are
    static <E> List<E> without(List<E> all, Predicate<List<E>> isEnough) {
        if (all.isEmpty() || isEnough.test(List.of())) {
            return List.of();
        }
        List<E> needed = all;
        needed = needed.subList(0, least(needed.size(), needed, isEnough, true));
        needed = needed.subList(needed.size() - least(needed.size(), needed, isEnough, false), needed.size());
        return deltaDebugged(List.copyOf(needed), isEnough);
    }

    /// Makes one turn of two that follow each other and are of one vCPU, where that is enough.
    private static List<Choice> joined(List<Choice> turns, Predicate<List<Choice>> isEnough) {
        List<Choice> joined = turns;
        for (int i = 0; i + 1 < joined.size(); ) {
            Choice both = joined(joined.get(i), joined.get(i + 1));
            List<Choice> fewer = new ArrayList<>(joined);
            if (both != null) {
                fewer.set(i, both);
                fewer.remove(i + 1);
            }
            if (both != null && isEnough.test(fewer)) {
                joined = fewer;
            } else {
                i++;
            }
        }
        return joined;
    }

    private static @Nullable Choice joined(Choice one, Choice two) {
        return one instanceof Choice.OfTurn(ChoicePoint asked, Turn(VcpuId vcpu, long length))
                        && two instanceof Choice.OfTurn(ChoicePoint next, Turn(VcpuId same, long more))
                        && vcpu.equals(same)
                        && next.after().equals(vcpu)
                        && next.round() == asked.round()
                ? new Choice.OfTurn(asked, new Turn(vcpu, length + more))
                : null;
    }

    /// How many of the first, or the last, elements are enough, found by halves. It is one that is enough, and not
    /// always the least one.
    private static <E> int least(int size, List<E> all, Predicate<List<E>> isEnough, boolean first) {
        int enough = size;
        int few = 0;
        while (enough - few > 1) {
            int middle = few + (enough - few) / 2;
            List<E> some = first ? all.subList(0, middle) : all.subList(size - middle, size);
            if (isEnough.test(some)) {
                enough = middle;
            } else {
                few = middle;
            }
        }
        return enough;
    }

    private static <E> List<E> deltaDebugged(List<E> all, Predicate<List<E>> isEnough) {
        List<E> needed = all;
        int parts = 2;
        while (needed.size() > 1) {
            List<E> smaller = withoutOnePart(needed, Math.min(parts, needed.size()), isEnough);
            if (smaller != null) {
                needed = smaller;
                parts = Math.max(2, parts - 1);
            } else if (parts >= needed.size()) {
                break;
            } else {
                parts = Math.min(2 * parts, needed.size());
            }
        }
        return needed;
    }

    private static <E> @Nullable List<E> withoutOnePart(List<E> all, int parts, Predicate<List<E>> isEnough) {
        for (int part = 0; part < parts; part++) {
            List<E> rest = new ArrayList<>(all.subList(0, all.size() * part / parts));
            rest.addAll(all.subList(all.size() * (part + 1) / parts, all.size()));
            if (isEnough.test(rest)) {
                return rest;
            }
        }
        return null;
    }
}
