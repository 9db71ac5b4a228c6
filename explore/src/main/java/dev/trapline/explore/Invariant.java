package dev.trapline.explore;

import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.machine.StepMachine;
import org.jspecify.annotations.Nullable;

/// A condition of the user's over a machine, looked at after each slice: so after each hypercall.
@FunctionalInterface
public interface Invariant {

    /// Looks at the machine. It must not change anything.
    ///
    /// @param machine its vCPUs' states and registers
    /// @param memory the guest's
    /// @return what does not hold, as a sentence without a full stop: equal sentences are one failure; null if all
    ///     does
    @Nullable
    String broken(StepMachine machine, GuestMemory memory);
}
