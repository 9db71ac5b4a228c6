package dev.trapline.abi.machine;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.ResetRequest;
import java.util.List;

/// How a run ended. A closed set. The kinds that the guest or a recorded input caused are part of the history and
/// replay as they were.
public sealed interface RunOutcome {

    /// The guest called SYSTEM_OFF.
    record PoweredOff() implements RunOutcome {}

    /// The guest saved its state and turned its machine off, to resume at the next start: it called SYSTEM_OFF2
    /// with HIBERNATE_OFF.
    record Hibernated() implements RunOutcome {}

    /// The guest asked for a reset, by SYSTEM_RESET or SYSTEM_RESET2, on a machine that does not reboot.
    ///
    /// @param kind what the reset would have done to memory
    /// @param request how the guest asked for it
    record ResetRequested(Effect.SystemReset.Reset kind, ResetRequest request) implements RunOutcome {}

    /// The guest ended the run with a status.
    ///
    /// @param status all 64 bits
    record Exited(long status) implements RunOutcome {}

    /// The guest did what the machine has no answer for.
    record GuestFailed(VcpuId vcpu, GuestFault fault, GeneralRegisters registers) implements RunOutcome {}

    /// A limit was reached.
    record LimitReached(Limit limit) implements RunOutcome {}

    /// What can limit a run.
    enum Limit {
        /// Granted instruction budget.
        INSTRUCTIONS,
        /// Host time.
        TIMEOUT
    }

    /// No vCPU can run, and nothing is to come that could wake one.
    ///
    /// @param vcpus each vCPU's state, in order
    record Deadlock(List<VcpuState> vcpus) implements RunOutcome {
        public Deadlock {
            vcpus = List.copyOf(vcpus);
        }
    }

    /// Somebody asked for the end: Ctrl-C, a signal, or the embedding program.
    record Interrupted() implements RunOutcome {}

    /// The recording ends here without a word on why: its recorder was killed. Only a replay ends so.
    record RecordingEnds() implements RunOutcome {}

    /// The recording cannot be written.
    ///
    /// @param message what failed, where, and what to do
    record StorageFailed(String message) implements RunOutcome {}

    /// The replay is not what the journal says.
    ///
    /// @param report position, expected and actual, for people
    record Diverged(String report) implements RunOutcome {}

    /// A defect of Trapline or of a service.
    ///
    /// @param message what broke
    /// @param lastEvents the machine's last events, oldest first
    record Broken(String message, List<String> lastEvents) implements RunOutcome {
        public Broken {
            lastEvents = List.copyOf(lastEvents);
        }
    }
}
