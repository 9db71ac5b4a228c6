package dev.trapline.vcpu;

import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.journal.DivergenceException;
import dev.trapline.journal.RecordingException;

/// How a run ends in which something broke, and which endings belong into its history.
final class Endings {

    private final RunLog log;

    Endings(RunLog log) {
        this.log = log;
    }

    /// The end of a run in which this was thrown.
    RunOutcome ofFailure(Throwable failure) {
        return switch (failure) {
            case DivergenceException divergence -> new RunOutcome.Diverged(divergence.report());
            case RecordingException recording -> new RunOutcome.StorageFailed(String.valueOf(recording.getMessage()));
            default -> broken(failure);
        };
    }

    /// The end of a run in which something that Trapline promises did not hold.
    RunOutcome broken(Throwable cause) {
        String message = cause.getMessage();
        return new RunOutcome.Broken(message == null ? cause.toString() : message, log.lastEvents());
    }

    /// Whether an end belongs into the history. What broke by the host's doing does not: a replay has another host,
    /// and runs up to there.
    ///
    /// @param byGuestCall whether a service threw on a call of the guest: it will again
    static boolean isHistory(RunOutcome end, boolean byGuestCall) {
        return switch (end) {
            case RunOutcome.Diverged _, RunOutcome.StorageFailed _ -> false;
            case RunOutcome.Broken _ -> byGuestCall;
            case RunOutcome.PoweredOff _,
                    RunOutcome.Hibernated _,
                    RunOutcome.ResetRequested _,
                    RunOutcome.Exited _,
                    RunOutcome.GuestFailed _,
                    RunOutcome.LimitReached _,
                    RunOutcome.Deadlock _,
                    RunOutcome.Interrupted _,
                    RunOutcome.RecordingEnds _ -> true;
        };
    }
}
