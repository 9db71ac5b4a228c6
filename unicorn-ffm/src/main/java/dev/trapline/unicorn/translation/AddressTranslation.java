package dev.trapline.unicorn.translation;

import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.board.cpu.SystemRegister;
import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.Unicorn;

/// Translates virtual addresses as the CPU currently does, for reads at EL1.
public interface AddressTranslation {

    /// The guest's page tables do not map the address.
    long NONE = -1;

    /// The physical address, or [#NONE]. The guest cannot notice the translation.
    long physical(long address);

    /// The translation of an AArch64 CPU.
    public final class A64 implements AddressTranslation {

        private static final long MMU = 1;
        private static final long FAULT = 1;
        /// PAR_EL1.PA, bits 47 to 12.
        private static final long PAGE_BITS = 0xffff_ffff_f000L;

        private final Unicorn engine;
        private final RegisterBatch translate;

        public A64(Unicorn engine) {
            this.engine = engine;
            this.translate = engine.systemRegisters(SystemRegister.AT_S1E1R);
        }

        @Override
        public long physical(long address) {
            if ((engine.readSystem(SystemRegister.SCTLR_EL1) & MMU) == 0) {
                return address;
            }
            // PAR_EL1 belongs to the guest: the translation must not change it.
            long kept = engine.readSystem(SystemRegister.PAR_EL1);
            translate.set(0, Unicorn.SYSTEM_VALUE, address);
            engine.translate(translate);
            long result = engine.readSystem(SystemRegister.PAR_EL1);
            engine.writeSystem(SystemRegister.PAR_EL1, kept);
            return (result & FAULT) != 0 ? NONE : (result & PAGE_BITS) | (address & (MemoryMap.PAGE - 1));
        }
    }
}
