package dev.trapline.unicorn.layout;

/// The word by which the library distinguishes translations of the same A64 code: exception level, translation regime,
/// byte order. It is separate from PSTATE, and only instructions of the guest update it: code that changes the
/// exception level from outside has to write it too.
///
/// ```text
///   31 AArch64 | 30 software step is active | 28 big-endian data | 27:24 regime: 0 EL0, 2 EL1
///   23:20 target of exceptions | 14 LDTR and STTR act as at EL0 | 13:12, 1:0 tagged addresses (TCR_EL1.TBI)
/// ```
///
/// Only bits 30 to 24 and 14 depend on the exception level. The offered CPU models have no PAN, UAO, SVE or pointer
/// authentication, whose bits would be here too.
public final class TranslationFlags {

    private static final int AARCH64 = 1 << 31;
    private static final int STEP_ACTIVE = 1 << 30;
    private static final int BIG_ENDIAN = 1 << 28;
    private static final int REGIME_EL1 = 2 << 24;
    private static final int REGIME_EL2 = 4 << 24;
    private static final int UNPRIVILEGED = 1 << 14;
    private static final int OF_THE_LEVEL = 0x7f00_0000 | UNPRIVILEGED;
    /// Bit 0 for addresses with bit 55 clear, bit 1 for those with it set.
    private static final int TAGGED = 3;

    private static final int SIGN = 55;

    /// Where TAGGED is for data accesses, and in TCR_EL1 (TBI0, TBI1).
    private static final int TAGGED_DATA = 12;

    private static final int TOP_BYTE_IGNORED = 37;
    private static final int DEBUG_EL1 = 1 << 20;
    private static final int TRAPPED_FLOATING_POINT = 1 << 22;
    private static final long FPEN_EL1 = 1 << 20;

    /// SCTLR_EL1.E0E and EE.
    private static final long DATA_EL0 = 1 << 24;

    private static final long DATA_EL1 = 1 << 25;
    /// MDSCR_EL1.SS and KDE.
    private static final long STEP = 1;

    private static final long KERNEL_DEBUG = 1 << 13;
    private static final long PSTATE_D = 1 << 9;
    private static final long PSTATE_EL = 0xc;

    private static final int REGIME_SHIFT = 24;
    private static final int REGIME_MASK = 0xf;

    private TranslationFlags() {}

    /// The number of the translation regime: the library's MMU mode.
    static int mode(int flags) {
        return (flags >> REGIME_SHIFT) & REGIME_MASK;
    }

    /// The flags of the same CPU in a regime whose MMU is off: that of EL2.
    public static int untranslated(int flags) {
        return (flags & ~(REGIME_MASK << REGIME_SHIFT)) | REGIME_EL2;
    }

    /// The flags that do not depend on the exception level, of a CPU in AArch64 state.
    ///
    /// @param translation TCR_EL1
    /// @param access CPACR_EL1
    public static int of(long translation, long access) {
        int tagged = (int) (translation >>> TOP_BYTE_IGNORED) & TAGGED;
        // FPEN: 01 traps at EL0 only, 11 nowhere.
        int trap = (access & FPEN_EL1) != 0 ? 0 : TRAPPED_FLOATING_POINT;
        return AARCH64 | DEBUG_EL1 | tagged | tagged << TAGGED_DATA | trap;
    }

    /// The flags of the same CPU in another state.
    ///
    /// @param flags the current flags, at EL0 or EL1
    /// @param pstate PSTATE of the other state, at EL0 or EL1
    /// @param control SCTLR_EL1
    /// @param debug MDSCR_EL1
    public static int at(int flags, long pstate, long control, long debug) {
        int kept = flags & ~OF_THE_LEVEL;
        if ((pstate & PSTATE_EL) == 0) {
            // Debug exceptions are taken to EL1: at EL0 nothing masks them.
            return kept | bit(control & DATA_EL0, BIG_ENDIAN) | bit(debug & STEP, STEP_ACTIVE);
        }
        boolean debugged = (debug & KERNEL_DEBUG) != 0 && (pstate & PSTATE_D) == 0;
        return kept
                | REGIME_EL1
                | UNPRIVILEGED
                | bit(control & DATA_EL1, BIG_ENDIAN)
                | bit(debugged ? debug & STEP : 0, STEP_ACTIVE);
    }

    private static int bit(long condition, int flag) {
        return condition != 0 ? flag : 0;
    }

    public static boolean isAarch64(int flags) {
        return (flags & AARCH64) != 0;
    }

    /// The target of an exception return to an address: the address without its tag, if it may have one.
    public static long target(int flags, long address) {
        boolean tagged = (flags & TAGGED & (1 << ((address >>> SIGN) & 1))) != 0;
        return tagged ? (address << (63 - SIGN)) >> (63 - SIGN) : address;
    }
}
