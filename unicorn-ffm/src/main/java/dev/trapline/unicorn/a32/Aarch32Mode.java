package dev.trapline.unicorn.a32;

/// The exceptions that an AArch32 CPU takes at PL1 (DDI0406 B1.8).
enum Aarch32Mode {
    UNDEFINED(0x1b, 0x04, false, false),
    SUPERVISOR(0x13, 0x08, false, false),
    PREFETCH_ABORT(0x17, 0x0c, true, false),
    DATA_ABORT(0x17, 0x10, true, false),
    IRQ(0x12, 0x18, true, false),
    FIQ(0x11, 0x1c, true, true);

    private static final long HIGH_VECTORS = 0xffff_0000L;
    private static final long ADDRESS = 0xffff_ffffL;
    private static final long VBAR_BITS = 0xffff_ffe0L;
    /// SCTLR.V, TE and EE.
    private static final long V = 1 << 13;

    private static final long TE = 1 << 30;
    private static final long EE = 1 << 25;
    /// CPSR.N, Z, C, V, Q and GE: no exception changes them. CPSR.A, I and F are only set.
    private static final long KEPT = 0xf80f_0000L;

    private static final long E = 1 << 9;
    private static final long A = 1 << 8;
    private static final long I = 1 << 7;
    private static final long F = 1 << 6;
    private static final long T = 1 << 5;

    private final int mode;
    private final int vector;
    private final boolean masksAborts;
    private final boolean masksFast;

    /// @param mode the processor mode in which it is taken
    /// @param vector the offset of its vector, in bytes
    /// @param masksAborts whether it sets CPSR.A
    /// @param masksFast whether it sets CPSR.F
    Aarch32Mode(int mode, int vector, boolean masksAborts, boolean masksFast) {
        this.mode = mode;
        this.vector = vector;
        this.masksAborts = masksAborts;
        this.masksFast = masksFast;
    }

    /// The address of its vector.
    ///
    /// @param control SCTLR
    /// @param base VBAR
    long vector(long control, long base) {
        return ((control & V) != 0 ? HIGH_VECTORS : base & VBAR_BITS) + vector;
    }

    /// CPSR in its handler (DDI0406 B1.8.5).
    ///
    /// @param cpsr at the exception
    /// @param control SCTLR
    long cpsr(long cpsr, long control) {
        return (cpsr & (KEPT | A | I | F))
                | mode
                | I
                | (masksAborts ? A : 0)
                | (masksFast ? F : 0)
                | ((control & TE) != 0 ? T : 0)
                | ((control & EE) != 0 ? E : 0);
    }

    /// LR in its handler (DDI0406 B1.8.3, table B1-7).
    ///
    /// @param pc the address of the instruction that failed; of the next one for SVC and interrupts
    /// @param cpsr at the exception
    long link(long pc, long cpsr) {
        long offset = switch (this) {
            case UNDEFINED -> (cpsr & T) == 0 ? 4 : 2;
            case SUPERVISOR -> 0;
            case PREFETCH_ABORT, IRQ, FIQ -> 4;
            case DATA_ABORT -> 8;
        };
        return (pc + offset) & ADDRESS;
    }
}
