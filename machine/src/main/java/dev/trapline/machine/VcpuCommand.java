package dev.trapline.machine;

import dev.trapline.abi.exit.DataOrder;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.registry.CapabilityRegistry;

/// A command from a machine to one of its vCPUs: to run, or a change before it runs again. A closed set.
public sealed interface VcpuCommand {

    /// Run a slice.
    ///
    /// @param budget how much may be run, in instructions
    /// @param begins the vCPU's virtual time at the beginning, in ticks
    /// @param shown the highest value of a counter that any vCPU of the machine has been shown
    /// @param writes registers that the last call returns
    /// @param fullDigest whether a digest of all registers is due at the end
    /// @param renewals where in the slice the engine is replaced
    record Grant(long budget, long begins, long shown, RegisterWrites writes, boolean fullDigest, Renewals renewals)
            implements VcpuCommand {

        /// The first instructions of the slice, without the digest at its end.
        Grant first(long instructions) {
            return new Grant(instructions, begins, shown, writes, false, renewals);
        }

        /// One instruction of the slice that is not its first.
        ///
        /// @param done how many instructions came before it
        /// @param nowShown see [#shown]
        Grant single(long done, long nowShown) {
            return new Grant(1, begins + done, nowShown, RegisterWrites.NONE, false, renewals.at(done));
        }
    }

    /// A change to a vCPU between two slices.
    sealed interface Change extends VcpuCommand {}

    /// Decide calls by another table from now on.
    record Reconfigure(CapabilityRegistry registry) implements Change {}

    /// CPU_ON, or the start of the machine, or the end of a power-down.
    ///
    /// @param entry on AArch32, bit 0 selects T32
    /// @param registers what the vCPU finds there; all others are zero
    /// @param order byte order of its data
    record PowerOn(long entry, RegisterWrites registers, DataOrder order) implements Change {}

    /// CPU_OFF, or a reset of the machine.
    enum PowerOff implements Change {
        INSTANCE
    }

    /// Power-down until an interrupt: registers are lost, timers and what events have interrupted are not.
    enum PowerDown implements Change {
        INSTANCE
    }

    /// Replace the engine by a fresh one in the same state: see [dev.trapline.abi.machine.RunSpec#renewalInterval].
    enum Renew implements Change {
        INSTANCE
    }

    /// Enter the handler of an event: see [dev.trapline.abi.firmware.Effect.DeliverEvent].
    ///
    /// @param writes registers that the last call returns: what is interrupted has them
    record Deliver(RegisterWrites writes, long entry, long event, long argument) implements Change {}

    /// Return from the handler to what was interrupted.
    enum Complete implements Change {
        INSTANCE
    }

    /// Return from the handler by way of an exception.
    record CompleteAndResume(long address) implements Change {}

    /// Bits of a general register change, if the vCPU has power.
    ///
    /// @param writes registers that the last call returns
    record FlipRegister(RegisterWrites writes, int register, long bits) implements Change {}

    /// The host wrote guest memory.
    record DropTranslations(long address, long length) implements Change {}

    /// A vCPU of the machine executed a maintenance operation that affects all vCPUs.
    record Maintain(Exit.Maintenance operation) implements Change {}
}
