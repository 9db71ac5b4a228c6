package dev.trapline.launcher.explore;

import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.ConsoleScript;
import dev.trapline.abi.machine.Image;
import dev.trapline.explore.Beginning;
import dev.trapline.explore.ChosenTurns;
import dev.trapline.explore.Finding;
import dev.trapline.explore.Minimum;
import dev.trapline.explore.Oracle;
import dev.trapline.explore.SeededChoices;
import dev.trapline.explore.Story;
import dev.trapline.explore.Subject;
import dev.trapline.explore.TestedMachine;
import dev.trapline.explore.TrialMachine;
import dev.trapline.machine.choice.Choice;
import dev.trapline.machine.choice.Choices;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// Finds a JUnit test that fails as a run did: its machine, its turns and its faults. Each one is tried, in the same
/// way as JUnit runs it, so a test that is found does fail.
///
/// @param subject of the run
/// @param oracle judges the tries
record TestSearch(EngineFactory engines, Subject subject, Oracle oracle) {

    /// The most turns that a test has.
    private static final int MOST_TURNS = 200;

    /// What is found. A closed set.
    sealed interface Found {}

    /// A test.
    ///
    /// @param plan its faults; [FaultPlan#NONE] for none
    record Test(TestedMachine machine, ChosenTurns turns, FaultPlan plan) implements Found {}

    /// Nothing.
    record Nothing(String why) implements Found {}

    /// Finds a test.
    Found find(ShrunkFailure failure) {
        Minimum minimum = failure.minimum();
        TestedMachine machine = TestedMachine.like(subject.spec(), minimum.trial());
        String obstacle = obstacle(failure.finding(), minimum, machine);
        if (!obstacle.isEmpty()) {
            return new Nothing(obstacle);
        }
        SortedSet<Long> seeds = new TreeSet<>(List.of(machine.seed(), failure.seed()));
        for (long each : seeds) {
            for (RunBeginning beginning : failure.beginnings()) {
                Test test = new Test(
                        machine.withSeed(each), beginning.turns(), Story.plan(minimum, List.of(), beginning.slices()));
                if (fails(test, failure.finding())) {
                    return test;
                }
            }
        }
        return new Nothing("no test with the turns and the faults of the story fails in the same way");
    }

    /// Why there can be no test; empty if there can.
    private String obstacle(Finding finding, Minimum minimum, TestedMachine machine) {
        String kind = switch (finding.kind()) {
            case UNSTEADY -> "a test has one run, and this is about two that differ";
            case INVARIANT -> "only the Java program that explored knows the condition";
            case BROKEN -> "the guest is not to blame";
            case EXIT_STATUS, GUEST_FAULT, DEADLOCK, NO_PROGRESS, CONSOLE, SERVICE -> "";
        };
        if (!kind.isEmpty()) {
            return kind;
        }
        if (subject.beginning() instanceof Beginning.Place) {
            return "a test begins at power-on, and these runs begin at a place of a recording";
        }
        if (subject.images().size() != 1 || subject.images().getFirst().kind() != Image.Kind.ELF) {
            return "@MachineTest runs a guest that is one ELF file";
        }
        if (!subject.script().equals(ConsoleScript.NONE)
                || minimum.choices().stream().anyMatch(TestSearch::isInput)) {
            return "@MachineTest gives its guest no input";
        }
        if (minimum.choices().stream().filter(Choice.OfTurn.class::isInstance).count() > MOST_TURNS) {
            return "it needs more than " + MOST_TURNS + " turns";
        }
        List<String> differences = machine.differences(subject.spec(), subject.descriptors());
        return differences.isEmpty()
                ? ""
                : "@MachineTest cannot say what is different about the machine: " + String.join("; ", differences);
    }

    private static boolean isInput(Choice choice) {
        return switch (choice) {
            case Choice.OfArrival(var _, JournalRecord.Arrival arrival) -> !(arrival instanceof JournalRecord.Injected);
            case Choice.Planned(var _, JournalRecord.Arrival arrival) -> !(arrival instanceof JournalRecord.Injected);
            case Choice.OfTurn _, Choice.RoundEnd _, Choice.OfFault _, Choice.OfEntropy _ -> false;
        };
    }

    private boolean fails(Test test, Finding finding) {
        Subject tested =
                new Subject(test.machine().spec(), subject.images(), subject.services()).withFaults(test.plan());
        Choices all = test.turns().over(SeededChoices.usual(tested));
        try (TrialMachine machine =
                TrialMachine.forOneRun(engines, tested, oracle, (_, _) -> {}, History.none(), all)) {
            return machine.run(all).failsLike(finding);
        }
    }
}
