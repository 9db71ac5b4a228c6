package dev.trapline.abi.firmware;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;

/// What a machine tells its services without a call. It happens between slices, in an order that replays.
public sealed interface MachineEvent {

    /// The machine starts, or starts again after a reset: the first thing that a service hears.
    record Started() implements MachineEvent {}

    /// A vCPU that an effect of a service had suspended was woken, or had no reason to wait in the first place.
    ///
    /// @param time virtual time of the wake-up, in ticks
    record Woken(VcpuId vcpu, long time) implements MachineEvent {}

    /// The entropy that the service asked for. Fewer bytes than it asked for, or none, where the source has no
    /// more.
    record Entropy(Bytes bytes) implements MachineEvent {}
}
