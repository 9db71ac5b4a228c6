package dev.trapline.unicorn.a32;

import dev.trapline.abi.exit.Exit;
import dev.trapline.unicorn.translation.Maintainer;
import dev.trapline.unicorn.translation.Translations;

/// Performs on one wired AArch32 CPU the operations on caches and TLBs that a CPU of the machine executed.
///
/// The library drops translations by virtual address, so the guest's MMU is off meanwhile; the library then empties the
/// TLB.
///
/// @param memory the guest's memory
/// @param traps performs operations on the TLB
record Aarch32Maintenance(Aarch32Memory memory, Aarch32Traps traps, Translations translations) implements Maintainer {

    @Override
    public void maintain(Exit.Maintenance operation) {
        if (operation.isInstructionCache()) {
            memory.untranslated(() -> translations.maintain(operation));
        } else {
            traps.invalidateTlb(operation);
        }
    }

    @Override
    public void drop(long address, long length) {
        memory.untranslated(() -> translations.drop(address, length));
    }

    @Override
    public void emptyTlb() {
        traps.emptyTlb();
    }
}
