package dev.trapline.explore;

import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.machine.choice.Choice;
import dev.trapline.machine.choice.Choices;
import java.util.List;
import java.util.function.Predicate;

/// A failing run, and what can be taken out of it.
interface FailingRun {

    /// Its choices.
    ///
    /// @param same whether it failed again while they were written down
    /// @param choices those that can be taken out, in order
    /// @param injected what a plan of faults injected
    /// @param faulted the calls that had a fault
    record Noted(boolean same, List<Choice> choices, List<PlannedInjection> injected, FaultedCalls faulted) {}

    /// The rules of faults, which are taken out first.
    FaultPlan rules();

    /// What is injected by the user.
    List<PlannedInjection> injections();

    /// The whole run.
    ///
    /// @param some which rules of faults are left
    Choices whole(FaultPlan some);

    /// Writes its choices down, in one run.
    ///
    /// @param fails has a run, and says whether it fails
    Noted note(FaultPlan some, Predicate<Choices> fails);

    /// The choices that no search can take out.
    default List<Choice> fixed() {
        return List.of();
    }

    /// The run without its turns and faults.
    ///
    /// @param some rules that stay
    Choices bare(FaultPlan some, List<PlannedInjection> injected);
}
