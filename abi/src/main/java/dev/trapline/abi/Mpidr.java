package dev.trapline.abi;

/// A value of MPIDR_EL1, the name under which firmware calls know a CPU.
///
/// The machine numbers its vCPUs as KVM's guests are numbered: Aff0 counts 0 to 15, then Aff1 goes up by one.
///
/// @param value the whole register, RES1 bit 31 included
public record Mpidr(long value) {

    /// Bit 31 of MPIDR_EL1 reads as one (Arm ARM, MPIDR_EL1.RES1).
    public static final long RES1 = 1L << 31;

    /// The affinity fields Aff3, Aff2, Aff1 and Aff0 as they stand in MPIDR_EL1 and in PSCI's arguments.
    public static final long AFFINITY_MASK = 0xff_00ff_ffffL;

    private static final int AFF0_COUNT = 16;

    /// The register value of a machine's vCPU.
    public static Mpidr of(VcpuId vcpu) {
        return new Mpidr(RES1 | (long) (vcpu.index() / AFF0_COUNT) << 8 | vcpu.index() % AFF0_COUNT);
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
