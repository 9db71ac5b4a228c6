package dev.trapline.abi.firmware;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;

/// What a machine tells its services without a call. It happens between slices, in an order that replays.
public sealed interface MachineEvent {

    /// The machine starts, or starts again after a reset: the first thing that a service hears.
    record Started() implements MachineEvent {}

    /// A vCPU that an effect of a service had suspended was woken.
    ///
    /// @param time virtual time of the wake-up, in ticks
    /// @param lostPower whether it starts again from a power-down; it goes on in place otherwise
    record Woken(VcpuId vcpu, long time, boolean lostPower) implements MachineEvent {}

    /// An effect was to suspend a vCPU or to power it down, and did not, since an interrupt was already pending:
    /// the vCPU goes on after its call. It was in no idle state at all.
    ///
    /// @param time virtual time, in ticks
    record StayedAwake(VcpuId vcpu, long time) implements MachineEvent {}

    /// An effect of another service, or of the same, powered a vCPU on.
    record PoweredOn(VcpuId vcpu) implements MachineEvent {}

    /// An effect of another service, or of the same, powered a vCPU off.
    record PoweredOff(VcpuId vcpu) implements MachineEvent {}

    /// An effect took a vCPU's power away until an interrupt.
    record PoweredDown(VcpuId vcpu) implements MachineEvent {}

    /// Somebody outside injected an event.
    ///
    /// @param number of the event
    /// @param vcpu for which it is, if the event is one of a vCPU
    record EventInjected(long number, VcpuId vcpu) implements MachineEvent {}

    /// An interrupt with a number arrived. It has ended the vCPU's wait by itself.
    ///
    /// @param intid its INTID, 0 to 1019
    record Interrupted(VcpuId vcpu, int intid) implements MachineEvent {}

    /// The entropy that the service asked for. Fewer bytes than it asked for, or none, where the source has no
    /// more.
    record Entropy(Bytes bytes) implements MachineEvent {}
}
