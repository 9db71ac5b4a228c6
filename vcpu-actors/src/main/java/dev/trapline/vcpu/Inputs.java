package dev.trapline.vcpu;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.registry.Policy;
import dev.trapline.journal.History;
import dev.trapline.journal.record.JournalRecord;
import dev.trapline.journal.record.JournalRecord.Stop;
import dev.trapline.vcpu.device.Pl011;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What reaches the machine from outside, between slices and in a defined order: from other threads and the script,
/// each input journaled as it is taken; or, in a replay, from the journal and nowhere else.
final class Inputs {

    private final ConsoleInput console;
    private final Pl011 uart;
    private final History history;
    private final Controls controls;
    private final RunLog log;
    private final Consumer<Policy> reconfigure;

    /// @param reconfigure puts a policy in force for all vCPUs
    Inputs(
            ConsoleInput console,
            Pl011 uart,
            History history,
            Controls controls,
            RunLog log,
            Consumer<Policy> reconfigure) {
        this.console = console;
        this.uart = uart;
        this.history = history;
        this.controls = controls;
        this.log = log;
        this.reconfigure = reconfigure;
    }

    /// Takes what is due at this slice boundary.
    ///
    /// @return how the run ends, if an input ends it; null otherwise
    @Nullable
    RunOutcome take(long now) {
        if (!history.isReplay()) {
            return takeLive(now);
        }
        for (JournalRecord.Input recorded = history.nextRecordedInput();
                recorded != null;
                recorded = history.nextRecordedInput()) {
            RunOutcome end = apply(recorded);
            if (end != null) {
                return end;
            }
        }
        return history.isExhausted() ? new RunOutcome.RecordingEnds() : null;
    }

    /// The defined order of inputs at a boundary: reconfigurations as they were asked for, console, stop.
    private @Nullable RunOutcome takeLive(long now) {
        for (Policy policy = controls.nextPolicy(); policy != null; policy = controls.nextPolicy()) {
            JournalRecord.Reconfigured reconfigured = new JournalRecord.Reconfigured(policy);
            history.append(reconfigured);
            apply(reconfigured);
        }
        Bytes bytes = console.offer(now, uart.receiverRoom(), uart.receiverIsEmpty());
        if (bytes != null) {
            JournalRecord.ConsoleInput offered = new JournalRecord.ConsoleInput(bytes);
            history.append(offered);
            apply(offered);
        }
        Stop.Reason reason = controls.stopAsked();
        if (reason == null) {
            return null;
        }
        Stop stop = new Stop(reason);
        history.append(stop);
        return apply(stop);
    }

    private @Nullable RunOutcome apply(JournalRecord.Input taken) {
        log.add(taken);
        return switch (taken) {
            case JournalRecord.ConsoleInput(Bytes bytes) -> {
                uart.receive(bytes);
                yield null;
            }
            case JournalRecord.Reconfigured(Policy policy) -> {
                reconfigure.accept(policy);
                yield null;
            }
            case Stop(Stop.Reason reason) ->
                switch (reason) {
                    case INTERRUPTED -> new RunOutcome.Interrupted();
                    case TIMEOUT -> new RunOutcome.LimitReached(RunOutcome.Limit.TIMEOUT);
                };
        };
    }
}
