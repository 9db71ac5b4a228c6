package dev.trapline.machine;

import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.board.device.ConsoleDevice;
import org.jspecify.annotations.Nullable;

/// The end of a run: the outcome, its record, and the details of a defect that caused it.
final class RunEnd {

    private final History history;
    private final Console console;
    private final ConsoleDevice device;
    private final RunLog log;
    private final Endings endings;
    private @Nullable RunOutcome outcome;
    private RunReport.@Nullable Breakage breakage;

    RunEnd(History history, Console console, ConsoleDevice device, RunLog log, Endings endings) {
        this.history = history;
        this.console = console;
        this.device = device;
        this.log = log;
        this.endings = endings;
    }

    /// The outcome; null while the run continues.
    @Nullable
    RunOutcome outcome() {
        return outcome;
    }

    RunReport.@Nullable Breakage breakage() {
        return breakage;
    }

    /// Records an exception, if the run has not ended before.
    void noteBreakage(Throwable failure) {
        if (outcome == null) {
            breakage = endings.breakage(failure);
        }
    }

    /// The run continues again, because a replay went back.
    void forget() {
        outcome = null;
        breakage = null;
    }

    /// Ends the run without recording that.
    void takeOver(RunOutcome how, String trace) {
        outcome = how;
        breakage = new RunReport.Breakage(trace, log.lastEvents());
    }

    /// Ends the run, and records it if it is part of the history.
    void record(RunOutcome how, long now) {
        // From here on nothing is recorded any more, whatever may still throw.
        outcome = how;
        RunOutcome recorded = confirmed(how);
        try {
            console.takeFrom(device);
            // WIDE: the console is the caller's own code.
        } catch (RuntimeException | Error e) {
            recorded = endings.broken(e);
            breakage = endings.breakage(e);
        }
        outcome = recorded;
        JournalRecord.End end = new JournalRecord.End(recorded, now, console.bytes(), console.digest());
        log.add(end);
        if (!recorded.isHistory()) {
            return;
        }
        try {
            history.append(end);
            // WIDE: the run ends even if its end cannot be recorded.
        } catch (RuntimeException e) {
            outcome = recorded instanceof RunOutcome.ServiceFailed failed ? apart(failed) : endings.ofFailure(e);
        }
    }

    /// A service that fails where a recording is cut off may not have failed in the recorded run.
    private RunOutcome confirmed(RunOutcome how) {
        return how instanceof RunOutcome.ServiceFailed failed && isBeyondTheRecording() ? apart(failed) : how;
    }

    private static RunOutcome apart(RunOutcome.ServiceFailed failed) {
        return new RunOutcome.ServiceFailed(failed.service(), failed.message(), false);
    }

    /// Whether a replay has reached the end of a recording that was cut off, and does not continue live.
    private boolean isBeyondTheRecording() {
        try {
            return history.isReplay() && history.isExhausted() && !history.goOn();
            // WIDE: a recording that cannot be read any further confirms nothing.
        } catch (RuntimeException e) {
            return true;
        }
    }
}
