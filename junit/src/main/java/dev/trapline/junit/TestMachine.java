package dev.trapline.junit;

import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.explore.Oracle;
import dev.trapline.explore.Subject;
import dev.trapline.explore.Trial;
import dev.trapline.explore.TrialMachine;
import dev.trapline.machine.choice.Choices;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The machine of a test. In each invocation of the test, it has one run.
public final class TestMachine implements AutoCloseable {

    /// The test judges, and nobody else.
    static final Oracle NONE = new Oracle(List.of(), List.of());

    private final TrialMachine machine;
    private final RunNotes notes;
    private @Nullable Choices next;
    private @Nullable Trial last;

    TestMachine(EngineFactory engines, Subject subject) {
        this.notes = new RunNotes(subject.descriptors());
        this.machine = new TrialMachine(engines, subject, NONE, notes, notes);
    }

    /// The same for one run, from power-on.
    TestMachine(EngineFactory engines, Subject subject, Choices all) {
        this.notes = new RunNotes(subject.descriptors());
        this.machine = TrialMachine.forOneRun(engines, subject, NONE, notes, notes, all);
        arm(all);
    }

    /// The next invocation of the test begins.
    void arm(Choices choices) {
        next = choices;
        last = null;
    }

    /// The run of this invocation; null if the test had none.
    @Nullable
    Trial last() {
        return last;
    }

    /// Runs the guest to its end.
    ///
    /// @throws IllegalStateException if the test has run it already
    public GuestRun run() {
        Choices choices = next;
        if (choices == null) {
            throw new IllegalStateException("a test runs its machine once");
        }
        next = null;
        notes.clear();
        Trial trial = machine.run(choices);
        last = trial;
        return new GuestRun(
                trial.outcome(),
                notes.console(),
                notes.calls(),
                machine.machine().states(),
                machine.memory());
    }

    /// Frees engines and memory.
    @Override
    public void close() {
        machine.close();
    }
}
