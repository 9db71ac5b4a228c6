package dev.trapline.explore;

import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.machine.choice.Choice;
import java.util.List;

/// What is left of a failing run.
///
/// @param rules the rules of faults that are needed, if the run had too many faults to look at each; otherwise none,
///     and the faults are among the choices
/// @param choices the turns and the faults that are not the defaults, in order
/// @param injections what is still injected
/// @param faulted the calls that the faults among the choices are for
/// @param trial the run with them: it fails in the same way
/// @param whole the run with all its choices
/// @param before how many choices and injections there were
/// @param runs how many runs it took
/// @param isMinimal whether each of them is needed: without any one of them, the run does not fail so. False if the
///     runs were used up before that was known
public record Minimum(
        FaultPlan rules,
        List<Choice> choices,
        List<PlannedInjection> injections,
        FaultedCalls faulted,
        Trial trial,
        Trial whole,
        long before,
        int runs,
        boolean isMinimal) {
    public Minimum {
        choices = List.copyOf(choices);
        injections = List.copyOf(injections);
    }

    /// The same, as what is left of a larger one that was shrunk before.
    public Minimum of(Minimum larger) {
        return new Minimum(
                rules,
                choices,
                injections,
                faulted,
                trial,
                larger.whole(),
                larger.before(),
                runs + larger.runs(),
                isMinimal);
    }
}
