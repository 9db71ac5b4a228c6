package dev.trapline.abi.history;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.machine.ExitCosts;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.policy.Policy;
import java.util.List;

/// One entry of a machine's history. A closed set.
///
/// The order of the records is the history: a [Slice] is followed by the [Answer] to its hypercall if it ended in one,
/// then by the digests due at its end; inputs stand between slices, before the slice that is the first to see them. The
/// [Reaction]s of services to an answer's effects, an input or a wake-up follow it.
public sealed interface JournalRecord {

    /// The largest record that a history takes, in bytes: what effects write to memory, or what arrives at the
    /// console at once.
    int MAX_BYTES = 16 * 1024 * 1024;

    /// The shortest frame of Ethernet here, in bytes: two addresses and a type.
    int LEAST_FRAME = 14;

    /// The longest one: with a VLAN tag, and a payload of 1500 bytes.
    int MOST_FRAME = 1518;

    /// A record that came from outside the machine: a replay takes it from the journal instead of checking it.
    sealed interface Input extends JournalRecord {}

    /// An input that somebody outside sends, at a moment of their own.
    sealed interface Arrival extends Input {}

    /// A vCPU was granted a slice, and the slice ended.
    ///
    /// @param vcpu the vCPU that ran
    /// @param began the vCPU's virtual time at the beginning of the slice, in ticks
    /// @param budget how many instructions it could execute
    /// @param executed instructions completed: the budget if that ended it, in T32 code up to three more
    /// @param exit why the slice ended
    /// @param digest of x0 to x30, SP, PC and PSTATE at its end, before any answer is written; if the slice printed
    ///     anything, folded with each byte of it
    record Slice(VcpuId vcpu, long began, long budget, long executed, Exit exit, long digest) implements JournalRecord {
        /// The vCPU's virtual time behind the last instruction, in ticks: what the exit costs comes after it.
        public long made() {
            return began + executed;
        }

        /// The vCPU's virtual time when it may run again, in ticks.
        public long ended(ExitCosts costs) {
            return made() + costs.of(exit);
        }
    }

    /// The answer to the hypercall of the previous slice.
    ///
    /// @param decision the registry's
    /// @param registers what was written to the caller
    /// @param effects what was done besides, in order
    record Answer(Decision decision, RegisterWrites registers, List<Effect> effects) implements JournalRecord {
        public Answer {
            effects = List.copyOf(effects);
        }
    }

    /// The effects of a service without a call: on an injection, a wake-up, a reset.
    ///
    /// @param service its name
    /// @param effects what was done, in order; at least one
    record Reaction(String service, List<Effect> effects) implements JournalRecord {
        public Reaction {
            effects = List.copyOf(effects);
        }
    }

    /// A digest of all registers of a vCPU, SIMD and system registers included.
    record FullDigest(VcpuId vcpu, long digest) implements JournalRecord {}

    /// A digest of all guest memory.
    record MemoryDigest(long digest) implements JournalRecord {}

    /// Bytes arrived at the console's receiver.
    record ConsoleInput(Bytes bytes) implements Arrival {}

    /// A frame arrived from another machine of the process, at the network interface.
    ///
    /// @param bytes from the destination address on, without the frame check sequence: [#LEAST_FRAME] to
    ///     [#MOST_FRAME]
    record Frame(Bytes bytes) implements Arrival {
        /// @throws IllegalArgumentException if a frame has not so many bytes
        public Frame {
            if (!isFrame(bytes.size())) {
                throw new IllegalArgumentException(
                        "a frame has " + LEAST_FRAME + " to " + MOST_FRAME + " bytes, not " + bytes.size());
            }
        }

        /// Whether a frame can have so many bytes.
        public static boolean isFrame(long bytes) {
            return bytes >= LEAST_FRAME && bytes <= MOST_FRAME;
        }
    }

    /// The user changed the policy, for every call from here on.
    record Reconfigured(Policy policy) implements Arrival {}

    /// An interrupt or an event was injected from outside.
    record Injected(Injection what) implements Arrival {}

    /// Entropy that a service requested.
    ///
    /// @param service its name
    record Entropy(String service, Bytes bytes) implements Input {}

    /// Another turn than the machine's schedule would have given.
    record Turned(Turn turn) implements Input {}

    /// A round begins that is not the one that would have come by itself: while nothing can run it begins at the
    /// next moment at which something may, and it ends early where an input is planned. An input, since what is to
    /// come from outside may be the reason.
    ///
    /// @param begins when, in ticks
    /// @param ends when, in ticks; later than `begins`
    record Round(long begins, long ends) implements Input {}

    /// The slice that follows had the engine of its vCPU replaced by a fresh one, which was full. An input, since
    /// how full an engine is depends on the library, and a guest that forgets its maintenance can tell.
    ///
    /// @param after how many instructions of the slice; 0 is before the first
    record Renewed(long after) implements Input {}

    /// The slice that follows ends in a hypercall with a fault.
    record Faulted(CallFault fault) implements Input {}

    /// The run was asked to end from outside.
    record Stop(Reason reason) implements Arrival {
        /// Who asked.
        public enum Reason {
            /// Ctrl-C, a signal, or the embedding program.
            INTERRUPTED,
            /// The limit on host time.
            TIMEOUT,
            /// The guest did not print in time what the console's script waited for.
            SCRIPT
        }
    }

    /// The run ended.
    ///
    /// @param outcome how
    /// @param virtualTime when, in ticks
    /// @param consoleBytes how much the guest had printed
    /// @param consoleDigest digest of what it printed
    record End(RunOutcome outcome, long virtualTime, long consoleBytes, long consoleDigest) implements JournalRecord {}
}
