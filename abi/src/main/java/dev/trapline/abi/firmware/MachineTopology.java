package dev.trapline.abi.firmware;

import dev.trapline.abi.Mpidr;
import dev.trapline.abi.VcpuId;
import org.jspecify.annotations.Nullable;

/// The CPUs that firmware knows of.
///
/// @param vcpus how many, 1 to 64
public record MachineTopology(int vcpus) {

    public MachineTopology {
        if (vcpus < 1 || vcpus > VcpuId.MAX_COUNT) {
            throw new IllegalArgumentException("a machine has 1 to " + VcpuId.MAX_COUNT + " vCPUs, not " + vcpus);
        }
    }

    /// The vCPU with these affinity fields.
    ///
    /// @param affinity as PSCI's `target_cpu`: affinity fields, all other bits zero
    /// @return null if there is none, or if another bit is set
    public @Nullable VcpuId find(long affinity) {
        long index = (affinity >>> 8 & 0xff) * 16 + (affinity & 0xff);
        if (index >= vcpus) {
            return null;
        }
        VcpuId candidate = new VcpuId((int) index);
        return Mpidr.of(candidate).affinity() == affinity ? candidate : null;
    }
}
