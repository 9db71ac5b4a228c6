package dev.trapline.machine;

import dev.trapline.abi.firmware.ServiceFailure;
import dev.trapline.abi.firmware.ThrownText;
import dev.trapline.abi.history.DivergenceException;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.machine.RunOutcome;

/// Maps a failure to the outcome of a run.
final class Endings {

    private final RunLog log;

    Endings(RunLog log) {
        this.log = log;
    }

    /// The outcome of a run in which this was thrown.
    RunOutcome ofFailure(Throwable failure) {
        return switch (failure) {
            case DivergenceException divergence -> new RunOutcome.Diverged(log.report(divergence));
            case ServiceFailure service ->
                new RunOutcome.ServiceFailed(
                        service.service(), String.valueOf(service.getMessage()), !service.isOfTheHost());
            case RecordingException recording -> new RunOutcome.StorageFailed(String.valueOf(recording.getMessage()));
            default -> broken(failure);
        };
    }

    /// The outcome of a run in which an invariant of Trapline did not hold.
    RunOutcome broken(Throwable cause) {
        String message = cause.getMessage();
        return new RunOutcome.Broken(message == null ? cause.toString() : message, log.lastEvents());
    }

    /// A description of a failure: the position, and the last events before it.
    RunReport.Breakage breakage(Throwable failure) {
        String trace = failure instanceof ServiceFailure service ? service.trace() : ThrownText.trace(failure);
        return new RunReport.Breakage(trace, log.lastEvents());
    }
}
