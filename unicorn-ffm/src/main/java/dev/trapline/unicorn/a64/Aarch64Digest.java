package dev.trapline.unicorn.a64;

import dev.trapline.abi.Digest64;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.board.cpu.SystemRegister;
import dev.trapline.board.cpu.TimeRegisters;
import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.slice.Architecture;

/// A digest of the SIMD registers, FPSR, FPCR and the system registers of EL0 and EL1 that a guest can write.
///
/// It leaves out the registers that the engine keeps itself ([TimeRegisters]), and the current stack pointer: that one
/// is among the general registers, and the library's banked copy of it is stale.
final class Aarch64Digest implements Architecture.StateDigest {

    private static final int VECTORS = 32;
    private static final int FPCR_SLOT = 32;
    private static final int FPSR_SLOT = 33;
    private static final int SP_EL0_SLOT = 0;
    private static final int SP_EL1_SLOT = 1;
    private static final int VALUE = 3;

    /// The order is part of the digest.
    private static final int[] SYSTEM = {
        SystemRegister.SP_EL0,
        SystemRegister.SP_EL1,
        SystemRegister.SCTLR_EL1,
        SystemRegister.of(3, 0, 1, 0, 2), // CPACR_EL1
        SystemRegister.of(3, 0, 2, 0, 0), // TTBR0_EL1
        SystemRegister.of(3, 0, 2, 0, 1), // TTBR1_EL1
        SystemRegister.of(3, 0, 2, 0, 2), // TCR_EL1
        SystemRegister.SPSR_EL1,
        SystemRegister.ELR_EL1,
        SystemRegister.of(3, 0, 5, 2, 0), // ESR_EL1
        SystemRegister.of(3, 0, 6, 0, 0), // FAR_EL1
        SystemRegister.PAR_EL1,
        SystemRegister.of(3, 0, 10, 2, 0), // MAIR_EL1
        SystemRegister.of(3, 0, 12, 0, 0), // VBAR_EL1
        SystemRegister.of(3, 0, 13, 0, 1), // CONTEXTIDR_EL1
        SystemRegister.of(3, 0, 13, 0, 4), // TPIDR_EL1
        SystemRegister.of(3, 3, 13, 0, 2), // TPIDR_EL0
        SystemRegister.of(3, 3, 13, 0, 3), // TPIDRRO_EL0
        SystemRegister.of(3, 2, 0, 0, 0), // CSSELR_EL1
        SystemRegister.MDSCR_EL1,
    };

    private final RegisterBatch vectors;
    private final RegisterBatch system;

    Aarch64Digest(Unicorn engine) {
        int[] ids = new int[VECTORS + 2];
        int[] slots = new int[VECTORS + 2];
        for (int k = 0; k < ids.length; k++) {
            ids[k] = UnicornConstants.UC_ARM64_REG_V0 + k;
            slots[k] = k;
        }
        ids[FPCR_SLOT] = UnicornConstants.UC_ARM64_REG_FPCR;
        ids[FPSR_SLOT] = UnicornConstants.UC_ARM64_REG_FPSR;
        vectors = engine.registers(ids, slots, ids.length, 2);
        system = engine.systemRegisters(SYSTEM);
    }

    @Override
    public long fold(long digest, long[] general) {
        vectors.read();
        system.read();
        long folded = digest;
        for (int k = 0; k < VECTORS; k++) {
            folded = Digest64.fold(Digest64.fold(folded, vectors.get(k, 0)), vectors.get(k, 1));
        }
        folded = Digest64.fold(Digest64.fold(folded, vectors.get(FPCR_SLOT, 0)), vectors.get(FPSR_SLOT, 0));
        int current = currentStackPointer(general[GeneralRegisters.PSTATE]);
        for (int k = 0; k < SYSTEM.length; k++) {
            folded = Digest64.fold(folded, k == current ? 0 : system.get(k, VALUE));
        }
        return folded;
    }

    private static int currentStackPointer(long pstate) {
        return (pstate & 0xd) == 5 ? SP_EL1_SLOT : SP_EL0_SLOT;
    }
}
