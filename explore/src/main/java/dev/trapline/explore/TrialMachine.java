package dev.trapline.explore;

import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.history.History;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.machine.Console;
import dev.trapline.machine.ConsoleOutput;
import dev.trapline.machine.Controls;
import dev.trapline.machine.MachineAssembly;
import dev.trapline.machine.MachineParts;
import dev.trapline.machine.MachineSetupException;
import dev.trapline.machine.RunReport;
import dev.trapline.machine.StartingPoint;
import dev.trapline.machine.StepMachine;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.choice.ReplaceableChoices;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// One machine that has many runs, one after the other. Each begins at the same starting point, with the engines of the
/// run before, which takes a fraction of the time of a new machine. A run does not depend on those before it.
///
/// Used by one thread at a time.
public final class TrialMachine implements AutoCloseable {

    private final MachineParts parts;
    private final StepMachine machine;
    private final ReplaceableChoices choices = new ReplaceableChoices();
    private final Oracle oracle;
    private final StartingPoint start;
    private final CodeSet.Collector code = new CodeSet.Collector();
    private final CallNotes calls;

    /// Powers a machine on.
    ///
    /// @param oracle judges its runs
    /// @throws MachineSetupException if the parts of the subject do not fit together
    /// @throws dev.trapline.board.boot.ImageException if the images cannot be started on this machine
    /// @throws dev.trapline.abi.firmware.ServiceFailure if a service fails before the first slice
    public TrialMachine(EngineFactory engines, Subject subject, Oracle oracle) {
        this(engines, subject, oracle, (_, _) -> {}, History.none());
    }

    /// The same, observed.
    ///
    /// @param console gets what the guest prints
    /// @param history gets the records of each run; it stores nothing, and refuses nothing
    public TrialMachine(EngineFactory engines, Subject subject, Oracle oracle, ConsoleOutput console, History history) {
        this(engines, subject, oracle, console, history, subject.beginning().choices(subject.spec()));
    }

    /// A machine for one run, which begins as that of an ordinary machine does.
    ///
    /// @param console gets what the guest prints
    /// @param history gets the records of the run; it stores nothing, and refuses nothing
    /// @param all the choices from power-on: [#run(Choices)] gets the same ones
    public static TrialMachine forOneRun(
            EngineFactory engines,
            Subject subject,
            Oracle oracle,
            ConsoleOutput console,
            History history,
            Choices all) {
        return new TrialMachine(engines, subject, oracle, console, history, all);
    }

    private TrialMachine(
            EngineFactory engines,
            Subject subject,
            Oracle oracle,
            ConsoleOutput console,
            History history,
            Choices before) {
        this.oracle = oracle;
        this.calls = new CallNotes(subject);
        MachineAssembly assembly = new MachineAssembly(
                engines.reporting(code), subject.spec(), subject.images(), subject.services(), subject.fitting(), null);
        try {
            subject.injections().forEach(injection -> assembly.requireInjectable(injection.what()));
            assembly.requirePossible(subject.faults());
        } catch (IllegalArgumentException e) {
            assembly.discard();
            throw new MachineSetupException(String.valueOf(e.getMessage()));
        }
        this.parts =
                assembly.assemble(choices, new Console(console), calls.watching(history), new Controls(), () -> {});
        this.machine = new StepMachine(parts);
        choices.replace(before);
        machine.begin();
        RunOutcome over = machine.outcome();
        if (over != null) {
            close();
            throw new MachineSetupException("the machine ends before its first slice: " + over);
        }
        this.start = subject.beginning() instanceof Beginning.Place place ? comeTo(place) : machine.startingPoint();
    }

    private StartingPoint comeTo(Beginning.Place place) {
        try {
            return machine.adopt(place.state());
            // WIDE: a state of another machine meets whatever this one's parts do not expect.
        } catch (RuntimeException e) {
            close();
            throw new MachineSetupException("the machine cannot begin at slice " + place.slice() + ": " + e, e);
        }
    }

    /// Has a run, up to its end or to its first failure.
    ///
    /// @param own the choices behind the starting point
    public Trial run(Choices own) {
        Trial trial = run(own, () -> false);
        if (trial == null) {
            throw new IllegalStateException("a run was left that nobody wanted to leave");
        }
        return trial;
    }

    /// The same, unless somebody wants to leave it.
    ///
    /// @param leaves asked after each slice
    /// @return null if it was left
    public @Nullable Trial run(Choices own, BooleanSupplier leaves) {
        JudgedChoices judged = new JudgedChoices(oracle, own);
        choices.replace(calls.watching(judged, machine));
        machine.rewind(start);
        Finding broken = null;
        while (machine.next() != null) {
            machine.runSlice();
            if (leaves.getAsBoolean()) {
                return null;
            }
            if (broken == null) {
                broken = broken();
                if (broken != null) {
                    // The boundary behind this slice is over.
                    judged.endingAt(machine.slices() + 1);
                }
            }
        }
        RunReport report = machine.report();
        RunReport.Breakage breakage = report.breakage();
        Finding printed = judged.printed();
        Finding seen = broken == null ? printed : broken;
        return new Trial(
                report.outcome(),
                seen == null ? oracle.judge(report.outcome()) : seen,
                report.progress().slices(),
                report.instructions(),
                report.progress().virtualTime(),
                Trial.digest(report),
                report.unused().faults(),
                report.lastHypercalls(),
                breakage == null ? null : breakage.trace());
    }

    /// What a run did in addition to what is known of the runs that were added before. All runs must be added, in
    /// their order, because this machine tells only what is new; those that were left may be missing at the end.
    Coverage addTo(Coverage known, Trial trial) {
        return known.and(code.take(), calls.take(), trial.faults());
    }

    private @Nullable Finding broken() {
        for (Invariant invariant : oracle.invariants()) {
            String broken = invariant.broken(machine, parts.memory());
            if (broken != null) {
                return new Finding(Finding.Kind.INVARIANT, broken, broken);
            }
        }
        return null;
    }

    /// The machine, to look at it between runs.
    public StepMachine machine() {
        return machine;
    }

    /// The guest's memory.
    public GuestMemory memory() {
        return parts.memory();
    }

    /// Frees engines and memory.
    @Override
    public void close() {
        machine.close();
        parts.close();
    }
}
