package dev.trapline.abi.firmware;

import dev.trapline.abi.Mpidr;
import dev.trapline.abi.VcpuId;
import org.jspecify.annotations.Nullable;

/// The CPUs that firmware knows of, and how they are grouped.
///
/// @param vcpus how many, 1 to 64
/// @param clusterSize CPUs in a cluster, 1 to [Mpidr#MAX_CLUSTER]; the last cluster may have fewer
public record MachineTopology(int vcpus, int clusterSize) {

    public MachineTopology {
        if (vcpus < 1 || vcpus > VcpuId.MAX_COUNT) {
            throw new IllegalArgumentException("a machine has 1 to " + VcpuId.MAX_COUNT + " vCPUs, not " + vcpus);
        }
        if (clusterSize < 1 || clusterSize > Mpidr.MAX_CLUSTER) {
            throw new IllegalArgumentException(
                    "a cluster has 1 to " + Mpidr.MAX_CLUSTER + " vCPUs, not " + clusterSize);
        }
    }

    /// What a vCPU's MPIDR_EL1 reads.
    public Mpidr mpidr(VcpuId vcpu) {
        return Mpidr.of(vcpu, clusterSize);
    }

    /// How many clusters there are.
    public int clusters() {
        return (vcpus + clusterSize - 1) / clusterSize;
    }

    /// The vCPUs of a cluster, one bit each by index.
    public long membersOf(int cluster) {
        long all = vcpus == VcpuId.MAX_COUNT ? -1 : (1L << vcpus) - 1;
        return ((1L << clusterSize) - 1) << (cluster * clusterSize) & all;
    }

    /// The vCPU with these affinity fields.
    ///
    /// @param affinity as PSCI's `target_cpu`: affinity fields, all other bits zero
    /// @return null if there is none, or if another bit is set
    public @Nullable VcpuId find(long affinity) {
        long index = (affinity >>> 8 & 0xff) * clusterSize + (affinity & 0xff);
        if (index >= vcpus) {
            return null;
        }
        VcpuId candidate = new VcpuId((int) index);
        return mpidr(candidate).affinity() == affinity ? candidate : null;
    }
}
