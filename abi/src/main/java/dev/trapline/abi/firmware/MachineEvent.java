package dev.trapline.abi.firmware;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;

/// An event of which a machine notifies its services. It happens between slices, in an order that a replay repeats.
public sealed interface MachineEvent {

    /// The machine starts, or starts again after a reset: the first event of a service.
    record Started() implements MachineEvent {}

    /// A vCPU that an effect of a service had suspended was woken.
    ///
    /// @param time virtual time of the wake-up, in ticks
    /// @param lostPower whether it starts again from a power-down; otherwise it continues in place
    record Woken(VcpuId vcpu, long time, boolean lostPower) implements MachineEvent {}

    /// An effect did not suspend a vCPU or power it down, because an interrupt was already pending: the vCPU
    /// continues after its call. It did not enter an idle state.
    ///
    /// @param time virtual time, in ticks
    record StayedAwake(VcpuId vcpu, long time) implements MachineEvent {}

    /// An effect of another service, or of the same, powered a vCPU on.
    record PoweredOn(VcpuId vcpu) implements MachineEvent {}

    /// An effect of another service, or of the same, powered a vCPU off.
    record PoweredOff(VcpuId vcpu) implements MachineEvent {}

    /// An effect powered a vCPU down until an interrupt.
    record PoweredDown(VcpuId vcpu) implements MachineEvent {}

    /// An event was injected from outside.
    ///
    /// @param number of the event
    /// @param vcpu the vCPU of a private event
    record EventInjected(long number, VcpuId vcpu) implements MachineEvent {}

    /// An interrupt arrived that firmware takes ([Effect.RouteInterrupt]). On a machine without an interrupt
    /// controller, every injected interrupt with a number is one, and has ended the vCPU's wait by itself.
    ///
    /// @param vcpu the vCPU of a private interrupt
    /// @param intid its INTID, 0 to 1019
    record Interrupted(VcpuId vcpu, int intid) implements MachineEvent {}

    /// The entropy that the service requested: fewer bytes, or none, if the source has no more.
    record Entropy(Bytes bytes) implements MachineEvent {}
}
