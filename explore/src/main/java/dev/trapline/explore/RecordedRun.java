package dev.trapline.explore;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.machine.choice.Choice;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.choice.EditedChoices;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A failing run that was recorded. Its turns, its faults and what came from outside can be taken out; the entropy that
/// its services got stays.
///
/// @param subject the recording's machine, in the order of round robin, without a script and without a plan. Its runs
///     begin at a place of the recording, or with its first turn
/// @param choices how the run differs from one in which nothing happens: see
///     [dev.trapline.machine.choice.RecordedChoices]
public record RecordedRun(Subject subject, List<Choice> choices) implements FailingRun {

    public RecordedRun {
        choices = List.copyOf(choices);
        subject = subject.beginning() instanceof Beginning.Place
                ? subject
                : subject.from(new Beginning.FirstTurn(choices));
    }

    /// The first turn of all, if it is not the usual one. It is behind the starting point, so no search can take it
    /// out.
    private @Nullable Choice first() {
        if (subject.beginning() instanceof Beginning.Place) {
            return null;
        }
        VcpuId last = new VcpuId(subject.spec().cpus().count() - 1);
        ChoicePoint beginning = new ChoicePoint(last, 0, 0);
        for (Choice choice : choices) {
            if (choice instanceof Choice.OfTurn(ChoicePoint asked, Turn _) && asked.equals(beginning)) {
                return choice;
            }
        }
        return null;
    }

    /// What a minimum has left, but for its first turn: this may fail as well.
    ///
    /// @return null if the first turn is the usual one
    public @Nullable RecordedRun withoutFirst(Minimum minimum) {
        Choice first = first();
        if (first == null) {
            return null;
        }
        List<Choice> rest = new ArrayList<>(entropy());
        rest.addAll(minimum.choices());
        rest.remove(first);
        return new RecordedRun(subject, rest);
    }

    @Override
    public List<Choice> fixed() {
        Choice first = first();
        return first == null ? List.of() : List.of(first);
    }

    /// The choices that make a minimum of the run.
    public Choices choices(Minimum minimum) {
        return Search.edited(this, minimum);
    }

    @Override
    public FaultPlan rules() {
        return FaultPlan.NONE;
    }

    @Override
    public List<PlannedInjection> injections() {
        return List.of();
    }

    @Override
    public Choices whole(FaultPlan some) {
        return new EditedChoices(choices, Choices.defaults());
    }

    @Override
    public Noted note(FaultPlan some, Predicate<Choices> fails) {
        FaultedCalls.Notes calls = new FaultedCalls.Notes(whole(some));
        boolean same = fails.test(calls);
        List<Choice> removable = new ArrayList<>(choices);
        removable.removeIf(Choice.OfEntropy.class::isInstance);
        removable.removeAll(fixed());
        boolean isWhole = !(subject.beginning() instanceof Beginning.Place);
        return new Noted(
                same,
                removable,
                List.of(),
                isWhole ? calls.noted() : calls.noted().withoutNumbers());
    }

    private List<Choice> entropy() {
        return choices.stream().filter(Choice.OfEntropy.class::isInstance).toList();
    }

    @Override
    public Choices bare(FaultPlan some, List<PlannedInjection> injected) {
        return new EditedChoices(entropy(), Choices.defaults());
    }
}
