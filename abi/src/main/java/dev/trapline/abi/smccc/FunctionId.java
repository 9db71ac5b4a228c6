package dev.trapline.abi.smccc;

/// A function identifier of the SMC Calling Convention, as it stands in w0 (DEN0028 §2.5).
///
/// ```text
///  31    30    29    24 23   17  16   15            0
/// fast  64-bit  owner   reserved SVE     number
/// ```
///
/// @param value all 32 bits
public record FunctionId(int value) implements Comparable<FunctionId> {

    private static final int FAST = 1 << 31;
    private static final int SMC64 = 1 << 30;
    private static final int SVE_HINT = 1 << 16;
    private static final int FAST_AND_RESERVED = FAST | 0xff << 16;

    /// A fast call of the SMC32 convention.
    public static FunctionId fast32(int owner, int number) {
        return new FunctionId(FAST | owner << 24 | number);
    }

    /// A fast call of the SMC64 convention.
    public static FunctionId fast64(int owner, int number) {
        return new FunctionId(FAST | SMC64 | owner << 24 | number);
    }

    /// Whether it is a fast (atomic) call; yielding otherwise.
    public boolean isFast() {
        return (value & FAST) != 0;
    }

    /// Whether it uses the SMC64 convention; SMC32 otherwise, and then only the w registers count.
    public boolean is64() {
        return (value & SMC64) != 0;
    }

    /// The owning entity, 0 to 63: 0 Arm architecture, 4 standard secure (PSCI, SDEI, TRNG), 5 standard hypervisor,
    /// 6 vendor hypervisor.
    public int owner() {
        return value >>> 24 & 0x3f;
    }

    /// The function number within its owner.
    public int number() {
        return value & 0xffff;
    }

    /// The caller's hint that it holds no live SVE state, in a fast call whose other reserved bits are zero.
    ///
    /// The hint is defined from SMCCC 1.3 on, where it is no part of what identifies the function; before, bit 16
    /// is reserved and zero (DEN0028 §2.5). Whether a machine takes it as a hint is its toggle `sve-hint`. With
    /// another reserved bit set it is no identifier of the convention, and bit 16 no hint: KVM's for PSCI 0.1
    /// (0x95C1BA5F) are such.
    public boolean sveHint() {
        return (value & FAST_AND_RESERVED) == (FAST | SVE_HINT);
    }

    /// A function identifier without the hint; the same if it has none.
    ///
    /// @param value as it stands in w0
    public static int withoutSveHint(int value) {
        return (value & FAST_AND_RESERVED) == (FAST | SVE_HINT) ? value & ~SVE_HINT : value;
    }

    @Override
    public int compareTo(FunctionId other) {
        return Integer.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return String.format("0x%08X", value);
    }
}
