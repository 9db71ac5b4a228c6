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

    /// The guest did something that the machine cannot handle.
    record GuestFailed(VcpuId vcpu, GuestFault fault, GeneralRegisters registers) implements RunOutcome {}

    /// A limit was reached.
    record LimitReached(Limit limit) implements RunOutcome {}

    /// What can limit a run.
    enum Limit {
        /// Executed instructions.
        INSTRUCTIONS,
        /// Host time.
        TIMEOUT,
        /// Virtual time of a step of the console's script.
        SCRIPT
    }

    /// No vCPU can run, and nothing is pending that could wake one.
    ///
    /// @param vcpus each vCPU's state, in order
    record Deadlock(List<VcpuState> vcpus) implements RunOutcome {
        public Deadlock {
            vcpus = List.copyOf(vcpus);
        }
    }

    /// The run was asked to end: by Ctrl-C, a signal, or the embedding program.
    record Interrupted() implements RunOutcome {}

    /// The recording ends here without an outcome: its recorder was killed. Only a replay ends in this way.
    record RecordingEnds() implements RunOutcome {}

    /// The recording cannot be written.
    ///
    /// @param message what failed, where, and what to do
    record StorageFailed(String message) implements RunOutcome {}

    /// The replay differs from the recording.
    ///
    /// @param report position, expected and actual, for people
    record Diverged(String report) implements RunOutcome {}

    /// A firmware service failed: its own code threw, or requested something that the machine cannot do.
    ///
    /// Two of them are equal if the service is the same and both are, or are not, part of the history: the text of
    /// an exception may name what differs from process to process.
    ///
    /// @param service its name
    /// @param message what it did, and what had been asked of it
    /// @param inHistory whether the same call or event makes it fail again in a replay. Not so where the host had a
    ///     part in it (memory, stack), and where a replay fails that has no such end in its recording
    record ServiceFailed(String service, String message, boolean inHistory) implements RunOutcome {
        @Override
        public boolean equals(Object other) {
            return other instanceof ServiceFailed that && service.equals(that.service) && inHistory == that.inHistory;
        }

        @Override
        public int hashCode() {
            return service.hashCode();
        }
    }

    /// The run was to end, and a service that was running did not return. Its machine was given up: what it had
    /// recorded is kept, up to the call or event that the service was handling. Never part of a history.
    ///
    /// @param service its name
    /// @param timeout whether the limit of host time was the reason to end; otherwise somebody asked for it
    record HeldByService(String service, boolean timeout) implements RunOutcome {}

    /// A defect of Trapline. Never part of a history.
    ///
    /// @param message what broke
    /// @param lastEvents the machine's last events, oldest first
    record Broken(String message, List<String> lastEvents) implements RunOutcome {
        public Broken {
            lastEvents = List.copyOf(lastEvents);
        }
    }

    /// Whether the end is part of the run's history: then the recording keeps it, and a replay that ends so has
    /// reached the recording's end. What broke by the host's doing is not: a replay has another host, and runs up
    /// to there.
    default boolean isHistory() {
        return switch (this) {
            case Diverged _, StorageFailed _, HeldByService _, Broken _ -> false;
            case ServiceFailed failed -> failed.inHistory();
            case PoweredOff _,
                    Hibernated _,
                    ResetRequested _,
                    Exited _,
                    GuestFailed _,
                    LimitReached _,
                    Deadlock _,
                    Interrupted _,
                    RecordingEnds _ -> true;
        };
    }
}
