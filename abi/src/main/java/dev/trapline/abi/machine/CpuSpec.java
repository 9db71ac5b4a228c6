package dev.trapline.abi.machine;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.Mpidr;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.Width;
import dev.trapline.abi.firmware.MachineTopology;

/// The CPUs of a machine.
///
/// @param count 1 to 64
/// @param clusterSize vCPUs in a cluster, 1 to 16: the affinity fields of MPIDR follow from it
/// @param model the CPU that each of them is
/// @param width the register width of all of them
public record CpuSpec(int count, int clusterSize, CpuModel model, Width width) {

    /// One AArch64 Cortex-A57.
    public static final CpuSpec DEFAULT = new CpuSpec(1, Mpidr.MAX_CLUSTER, CpuModel.CORTEX_A57, Width.AARCH64);

    public CpuSpec {
        SpecCheck.range("vcpus", count, 1, VcpuId.MAX_COUNT);
        SpecCheck.range("clusterSize", clusterSize, 1, Mpidr.MAX_CLUSTER);
    }

    /// The CPUs as firmware knows them.
    public MachineTopology topology() {
        return new MachineTopology(count, clusterSize);
    }

    public CpuSpec withCount(int other) {
        return new CpuSpec(other, clusterSize, model, width);
    }

    public CpuSpec withClusterSize(int other) {
        return new CpuSpec(count, other, model, width);
    }

    public CpuSpec withModel(CpuModel other) {
        return new CpuSpec(count, clusterSize, other, width);
    }

    public CpuSpec withWidth(Width other) {
        return new CpuSpec(count, clusterSize, model, other);
    }
}
