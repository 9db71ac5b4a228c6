package dev.trapline.explore;

import dev.trapline.abi.Digest64;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.machine.RunReport;
import dev.trapline.machine.choice.Choices;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One run of an explored machine.
///
/// @param outcome how it ended: if a failure was seen before its end, it was interrupted
/// @param finding how it failed; null if it did not
/// @param slices how many it had
/// @param instructions how many all vCPUs executed
/// @param ticks how long it was, in virtual time
/// @param digest of the registers after each slice, of all memory at the end, and of the console: equal for equal runs
/// @param faults what the rules of its plan did
/// @param lastCalls the last few calls, oldest first, as a trace shows them
/// @param trace the stack trace of a service that failed; null if none did
public record Trial(
        RunOutcome outcome,
        @Nullable Finding finding,
        long slices,
        long instructions,
        long ticks,
        long digest,
        List<Choices.FaultCount> faults,
        List<String> lastCalls,
        @Nullable String trace) {
    public Trial {
        faults = List.copyOf(faults);
        lastCalls = List.copyOf(lastCalls);
    }

    /// A run that was left because it is too long. It did not fail.
    public static Trial endless() {
        return new Trial(
                new RunOutcome.LimitReached(RunOutcome.Limit.INSTRUCTIONS),
                null,
                0,
                0,
                0,
                0,
                List.of(),
                List.of(),
                null);
    }

    /// The digest of a run.
    public static long digest(RunReport report) {
        return Digest64.fold(Digest64.fold(report.registerDigest(), report.memoryDigest()), report.consoleDigest());
    }

    /// Whether it failed in the same way.
    public boolean failsLike(Finding other) {
        return finding != null && finding.isLike(other);
    }

    /// Whether it was ended at its failure.
    public boolean isInterrupted() {
        return outcome instanceof RunOutcome.Interrupted;
    }

    /// The same, judged otherwise.
    ///
    /// @param other null if it did not fail
    public Trial with(@Nullable Finding other) {
        return new Trial(outcome, other, slices, instructions, ticks, digest, faults, lastCalls, trace);
    }
}
