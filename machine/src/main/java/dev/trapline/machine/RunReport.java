package dev.trapline.machine;

import dev.trapline.abi.Position;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.history.StoredHistory;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.board.memory.FlashWrites;
import dev.trapline.machine.choice.Choices;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The report of a run.
///
/// @param outcome how it ended
/// @param position where it ended
/// @param progress its progress at the end
/// @param instructions how many all vCPUs executed
/// @param registerDigest chain of the register digests of every slice: equal for equal runs
/// @param memoryDigest digest of all guest memory at the end
/// @param consoleBytes size of the console output
/// @param consoleDigest digest of the console output
/// @param lastHypercalls the last few calls, oldest first, as a trace shows them
/// @param openHandlers the handlers of events that had not completed, each vCPU's innermost one last
/// @param flashWrites the writes to flash, which were ignored
/// @param troubles the devices that do nothing until the guest resets them, with the reason
/// @param droppedFrames the network frames that were dropped
/// @param hostNanos host time from the first slice to the end, in nanoseconds; for people only
/// @param breakage the details of a defect that ended it; null if none did
/// @param unused planned inputs that have not happened
/// @param stored how much of the recording is on the disk; null if nothing was recorded
public record RunReport(
        RunOutcome outcome,
        Position position,
        Progress progress,
        long instructions,
        long registerDigest,
        long memoryDigest,
        long consoleBytes,
        long consoleDigest,
        List<String> lastHypercalls,
        List<OpenHandler> openHandlers,
        FlashWrites.Summary flashWrites,
        List<String> troubles,
        DroppedFrames droppedFrames,
        long hostNanos,
        @Nullable Breakage breakage,
        Unused unused,
        @Nullable StoredHistory stored) {
    /// How many calls [#lastHypercalls] has at most.
    public static final int CALLS_SHOWN = 8;

    public RunReport {
        lastHypercalls = List.copyOf(lastHypercalls);
        openHandlers = List.copyOf(openHandlers);
        troubles = List.copyOf(troubles);
    }

    /// A defect, of a service or of Trapline.
    ///
    /// @param trace the stack trace of what was thrown; empty if nothing was
    /// @param lastEvents the machine's last events, oldest first
    public record Breakage(String trace, List<String> lastEvents) {
        public Breakage {
            lastEvents = List.copyOf(lastEvents);
        }
    }

    /// This report, for a run that was replayed in parts.
    ///
    /// @param calls the last calls of all of it
    /// @param nanos the host time that all of it took
    public RunReport ofParts(List<String> calls, long nanos) {
        return new RunReport(
                outcome,
                position,
                progress,
                instructions,
                registerDigest,
                memoryDigest,
                consoleBytes,
                consoleDigest,
                calls,
                openHandlers,
                flashWrites,
                troubles,
                droppedFrames,
                nanos,
                breakage,
                unused,
                stored);
    }

    /// Network frames that were dropped.
    ///
    /// @param sent by the guest, and of no valid length or too many at once
    /// @param received for the guest, and larger than its buffer, or too many for those that it has
    /// @param onTheWay from other machines, because too many waited already; 0 in a replay, which does not know
    ///     them
    public record DroppedFrames(long sent, long received, long onTheWay) {
        /// Whether there are any.
        public boolean any() {
            return (sent | received | onTheWay) != 0;
        }
    }

    /// Inputs that were planned.
    ///
    /// @param injections that have not come, because the run ended before
    /// @param scriptBytes bytes of the console's script that were not typed
    /// @param unmet what the console's script waited for at the end; null if it did not wait for output
    /// @param entropyUsed whether a service that draws entropy has answered a call
    /// @param faults the rules of the run's plan, also those that had their fault
    public record Unused(
            List<PlannedInjection> injections,
            int scriptBytes,
            Choices.@Nullable Unmet unmet,
            boolean entropyUsed,
            List<Choices.FaultCount> faults) {
        public Unused {
            injections = List.copyOf(injections);
            faults = List.copyOf(faults);
        }
    }

    /// A handler of an SDEI event that has been entered and has not completed.
    ///
    /// @param vcpu which runs it
    /// @param event the event's number
    public record OpenHandler(VcpuId vcpu, long event) {}
}
