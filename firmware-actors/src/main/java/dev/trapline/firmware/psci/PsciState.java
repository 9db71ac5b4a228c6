package dev.trapline.firmware.psci;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.MachineTopology;
import dev.trapline.abi.firmware.PsciVersion;

/// What PSCI knows of the machine's power.
///
/// @param topology the machine's CPUs
/// @param version the version that the machine has
/// @param on the CPUs that are on, one bit each by vCPU index
public record PsciState(MachineTopology topology, PsciVersion version, long on) {

    /// A machine that has just started: only the boot CPU is on.
    static PsciState initial(MachineTopology topology, PsciVersion version) {
        return new PsciState(topology, version, VcpuId.BOOT.bit());
    }

    boolean isOn(VcpuId vcpu) {
        return (on & vcpu.bit()) != 0;
    }

    PsciState withOn(VcpuId vcpu) {
        return new PsciState(topology, version, on | vcpu.bit());
    }

    PsciState withOff(VcpuId vcpu) {
        return new PsciState(topology, version, on & ~vcpu.bit());
    }
}
