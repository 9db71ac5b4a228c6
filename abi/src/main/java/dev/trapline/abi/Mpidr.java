package dev.trapline.abi;

/// A value of MPIDR_EL1, by which firmware calls identify a CPU.
///
/// The machine numbers its vCPUs cluster by cluster: Aff0 counts within a cluster, Aff1 counts the clusters. With 16 in
/// a cluster, KVM's guests are numbered the same.
///
/// @param value the whole register, RES1 bit 31 included
public record Mpidr(long value) {

    /// Bit 31 of MPIDR_EL1 reads as one (Arm ARM, MPIDR_EL1.RES1).
    public static final long RES1 = 1L << 31;

    /// The affinity fields Aff3, Aff2, Aff1 and Aff0 as they stand in MPIDR_EL1 and in PSCI's arguments.
    public static final long AFFINITY_MASK = 0xff_00ff_ffffL;

    /// The largest number of CPUs in a cluster: the number that interrupt controllers address by Aff0.
    public static final int MAX_CLUSTER = 16;

    private static final int AFF1_SHIFT = 8;

    /// The register value of a machine's vCPU.
    ///
    /// @param clusterSize CPUs in a cluster, 1 to [#MAX_CLUSTER]
    public static Mpidr of(VcpuId vcpu, int clusterSize) {
        return new Mpidr(RES1 | (long) (vcpu.index() / clusterSize) << AFF1_SHIFT | vcpu.index() % clusterSize);
    }

    /// The affinity fields alone: what PSCI calls `target_cpu`.
    public long affinity() {
        return value & AFFINITY_MASK;
    }

    @Override
    public String toString() {
        return "0x" + Long.toHexString(value);
    }
}
