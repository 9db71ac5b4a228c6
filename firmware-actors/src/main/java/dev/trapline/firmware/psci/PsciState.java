package dev.trapline.firmware.psci;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.MachineTopology;

/// What PSCI knows of the machine's power.
///
/// @param topology the machine's CPUs
/// @param on the CPUs that are on, one bit each by vCPU index
public record PsciState(MachineTopology topology, long on) {

    /// A machine that has just started: only the boot CPU is on.
    static PsciState initial(MachineTopology topology) {
        return new PsciState(topology, VcpuId.BOOT.bit());
    }

    boolean isOn(VcpuId vcpu) {
        return (on & vcpu.bit()) != 0;
    }

    PsciState withOn(VcpuId vcpu) {
        return new PsciState(topology, on | vcpu.bit());
    }

    PsciState withOff(VcpuId vcpu) {
        return new PsciState(topology, on & ~vcpu.bit());
    }
}
