package dev.trapline.explore;

import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.machine.choice.Choice;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.choice.EditedChoices;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The search of a [Minimizer] for what a failing run needs.
final class Search {

    /// Of more faults, only the rules are looked at: a guest that fails because all its calls fail needs all of
    /// them.
    private static final int MOST_FAULTS = 200;

    /// The budget is used up.
    private static final class NoMoreRunsException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private final FailingRun run;
    private final Function<Choices, Trial> machine;
    private final Finding finding;
    private final int budget;
    private FaultPlan rules;
    /// Everything but turns.
    private List<Choice> faults = new ArrayList<>();
    private List<Choice> turns = new ArrayList<>();
    private List<PlannedInjection> injections;
    private FaultedCalls faulted = FaultedCalls.NONE;
    private long before;
    private int runs;
    private @Nullable Trial best;

    /// @param machine has runs, and judges them
    /// @param finding how the run fails
    Search(FailingRun run, Function<Choices, Trial> machine, Finding finding, int budget) {
        this.run = run;
        this.machine = machine;
        this.finding = finding;
        this.budget = budget;
        this.rules = run.rules();
        this.injections = run.injections();
    }

    /// The choices that make a minimum of a run.
    static Choices edited(FailingRun run, Minimum minimum) {
        return edited(run, minimum.rules(), minimum.choices(), minimum.injections(), minimum.faulted());
    }

    private static Choices edited(
            FailingRun run,
            FaultPlan rules,
            List<Choice> choices,
            List<PlannedInjection> injections,
            FaultedCalls faulted) {
        return faulted.guard(new EditedChoices(choices, run.bare(rules, injections)));
    }

    /// What the run needs; null if it does not fail.
    @Nullable
    Minimum minimum() {
        Trial whole = fails(run.whole(rules)) ? best : null;
        if (whole == null) {
            return null;
        }
        boolean minimal = false;
        try {
            rules = withOthers(Shrinking.without(rules.rules(), some -> fails(run.whole(withOthers(some)))));
            minimal = note() && shrink();
        } catch (NoMoreRunsException _) {
            // What is left is still a failing run.
        }
        Trial least = best == null ? whole : best;
        List<Choice> left = together(run.fixed(), together(faults, turns));
        return new Minimum(rules, left, injections, faulted, least, whole, before, runs, minimal);
    }

    private FaultPlan withOthers(List<FaultRule> some) {
        return Plans.only(rules, Plans.names(some));
    }

    /// Writes down the choices of the run. What the plan injects is from here on as what the user injects. Faults
    /// of inputs remain rules.
    private boolean note() {
        FailingRun.Noted noted = run.note(rules, this::fails);
        List<Choice> found = new ArrayList<>();
        for (Choice choice : noted.choices()) {
            (choice instanceof Choice.OfTurn ? turns : found).add(choice);
        }
        int injected = noted.injected().size();
        before = (long) run.fixed().size() + found.size() + turns.size() + injections.size() + injected;
        if (found.size() + injected <= MOST_FAULTS || run.rules().isEmpty()) {
            List<PlannedInjection> all = new ArrayList<>(injections);
            all.addAll(noted.injected());
            FaultPlan ofInputs = Plans.ofInputs(rules);
            if (injected == 0 || fails(edited(run, ofInputs, together(found, turns), all, noted.faulted()))) {
                rules = ofInputs;
                faults = found;
                faulted = noted.faulted();
                injections = all;
            }
        }
        before += rules.rules().size();
        return noted.same();
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
            rules = withOthers(Shrinking.without(rules.rules(), this::failsWith));
            faults = Shrinking.without(faults, some -> fails(some, turns, injections));
            turns = Shrinking.without(turns, some -> fails(faults, some, injections));
            turns = Shrinking.joined(turns, some -> fails(faults, some, injections));
            injections = Shrinking.without(injections, some -> fails(faults, turns, some));
        } while (size() < size);
        return true;
    }

    private int size() {
        return rules.rules().size() + faults.size() + turns.size() + injections.size();
    }

    private boolean failsWith(List<FaultRule> some) {
        return fails(edited(run, withOthers(some), together(faults, turns), injections, faulted));
    }

    private boolean fails(List<Choice> someFaults, List<Choice> someTurns, List<PlannedInjection> some) {
        return fails(edited(run, rules, together(someFaults, someTurns), some, faulted));
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
