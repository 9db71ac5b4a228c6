package dev.trapline.unicorn.layout;

import dev.trapline.board.cpu.SystemRegister;
import dev.trapline.unicorn.ffi.Unicorn;

/// The state in which a secure monitor and a hypervisor leave an AArch64 CPU to its EL1.
public final class NonSecureState {

    /// NS, HCE (HVC is not UNDEFINED), RW (EL2 is AArch64).
    private static final long SCR = 0x501;
    /// RW (EL1 is AArch64, without it the MMU misbehaves), TWI (a WFI cannot be mistaken for the end of a budget).
    private static final long HCR = (1L << 31) | (1L << 13);

    private NonSecureState() {}

    /// Puts EL1 into non-secure state, and makes it and EL2 AArch64.
    public static void enter(Unicorn engine) {
        engine.writeSystem(SystemRegister.SCR_EL3, SCR);
        engine.writeSystem(SystemRegister.HCR_EL2, HCR);
    }
}
