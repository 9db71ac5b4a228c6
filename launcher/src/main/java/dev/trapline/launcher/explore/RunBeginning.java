package dev.trapline.launcher.explore;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.Turn;
import dev.trapline.explore.ChosenTurns;
import dev.trapline.explore.Minimum;
import dev.trapline.explore.RecordedRun;
import dev.trapline.machine.choice.Choice;
import java.util.ArrayList;
import java.util.List;

/// The turns of a test, from power-on, and how its slices are counted. An explored run has a beginning that all such
/// runs have in common; a test has it only if it does not fail without it.
///
/// @param turns with those of the beginning
/// @param slices how many more slices the shrunk run has
record RunBeginning(ChosenTurns turns, long slices) {

    /// Those of an explored run, the simplest one first.
    ///
    /// @param vcpus how many the machine has
    static List<RunBeginning> explored(Minimum minimum, int vcpus) {
        ChosenTurns own = ChosenTurns.of(minimum.choices());
        ChosenTurns first = own.startingWith(new Turn(new VcpuId(0), 1), vcpus);
        return List.of(
                new RunBeginning(own, 1),
                new RunBeginning(first.withFirstJoined(), 1),
                new RunBeginning(first, 0),
                new RunBeginning(first.withRoundEnd(1), 0));
    }

    /// Those of a recorded run, the simplest one first.
    static List<RunBeginning> recorded(RecordedRun run, Minimum minimum) {
        ChosenTurns own = ChosenTurns.of(minimum.choices());
        List<RunBeginning> all = new ArrayList<>();
        all.add(new RunBeginning(own.withFirstJoined(), 1));
        all.add(new RunBeginning(own, 0));
        // The end of the first round is decided before the first turn, so nothing takes it out.
        run.choices().stream()
                .filter(Choice.RoundEnd.class::isInstance)
                .mapToLong(choice -> ((Choice.RoundEnd) choice).moment())
                .min()
                .ifPresent(end -> all.add(new RunBeginning(own.withRoundEnd(end), 0)));
        return all;
    }
}
