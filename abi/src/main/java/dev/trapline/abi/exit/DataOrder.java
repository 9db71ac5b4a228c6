package dev.trapline.abi.exit;

/// The byte order of a CPU's data accesses at EL1: now, and after its next exception. Instructions are little-endian
/// always.
///
/// AArch64 has one bit for both, SCTLR_EL1.EE. AArch32 has two: CPSR.E, which SETEND changes, and SCTLR.EE, which an
/// exception copies to CPSR.E (DDI0487 G8.2).
public enum DataOrder {
    /// Little-endian: what a CPU resets to.
    LITTLE(false, false),
    /// Big-endian now; little-endian after an exception. AArch32 only.
    BIG_NOW(true, false),
    /// Little-endian now; big-endian after an exception. AArch32 only.
    BIG_ON_EXCEPTION(false, true),
    /// Big-endian.
    BIG(true, true);

    private final boolean bigNow;
    private final boolean bigOnException;

    DataOrder(boolean bigNow, boolean bigOnException) {
        this.bigNow = bigNow;
        this.bigOnException = bigOnException;
    }

    /// The order with these two bits.
    ///
    /// @param bigNow CPSR.E; on AArch64 SCTLR_EL1.EE
    /// @param bigOnException SCTLR.EE; on AArch64 SCTLR_EL1.EE
    public static DataOrder of(boolean bigNow, boolean bigOnException) {
        if (bigNow) {
            return bigOnException ? BIG : BIG_NOW;
        }
        return bigOnException ? BIG_ON_EXCEPTION : LITTLE;
    }

    /// CPSR.E; on AArch64 SCTLR_EL1.EE.
    public boolean isBigNow() {
        return bigNow;
    }

    /// SCTLR.EE; on AArch64 SCTLR_EL1.EE.
    public boolean isBigOnException() {
        return bigOnException;
    }
}
