package dev.trapline.machine;

import dev.trapline.abi.firmware.ServiceFailure;
import dev.trapline.abi.firmware.ThrownText;
import dev.trapline.abi.history.DivergenceException;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.machine.RunOutcome;

/// Says how a run ends when something broke.
final class Endings {

    private final RunLog log;

    Endings(RunLog log) {
        this.log = log;
    }

    /// The end of a run in which this was thrown.
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

    /// The end of a run in which something that Trapline promises did not hold.
    RunOutcome broken(Throwable cause) {
        String message = cause.getMessage();
        return new RunOutcome.Broken(message == null ? cause.toString() : message, log.lastEvents());
    }

    /// What broke, for people: where, and the last that happened before.
    RunReport.Breakage breakage(Throwable failure) {
        String trace = failure instanceof ServiceFailure service ? service.trace() : ThrownText.trace(failure);
        return new RunReport.Breakage(trace, log.lastEvents());
    }
}
