package dev.trapline.unicorn.translation;

import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.exit.Exit;
import dev.trapline.board.cpu.SystemRegister;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.layout.CpuFlags;
import dev.trapline.unicorn.layout.TranslationFlags;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Drops translated guest code and TLB entries of one engine when code or page tables change elsewhere.
///
/// The library drops translations by virtual address of the current regime. If the guest's MMU is on, the CPU is in the
/// regime of EL2 during the call, whose MMU is always off, so that physical addresses can be used. On AArch32, the
/// guest's MMU is switched off instead; the library then empties the TLB, which costs the guest thousands of walks.
public final class Translations implements Maintainer {

    private static final long MMU = 1;
    public static final int IC_IVAU = Exit.Maintenance.encode(3, 7, 5, 1);
    /// CRm of a TLBI that stays on its CPU; CRm of a broadcast one.
    private static final int LOCAL = 7;

    private static final int SYS = 1 << 14;

    private final Unicorn engine;
    private final MemoryMap memory;
    private final BooleanSupplier mmu;
    private final AddressTranslation translation;
    /// Null on AArch32.
    private final @Nullable CpuFlags flags;
    /// Null if it is not known which code has changed.
    private @Nullable CodePages pages;

    /// Prepares the operations of an engine.
    ///
    /// @param mmu whether the guest ever tried to switch its MMU on
    /// @param translation the address translation of the engine's CPU
    /// @param flags null on AArch32
    public Translations(
            Unicorn engine,
            MemoryMap memory,
            BooleanSupplier mmu,
            AddressTranslation translation,
            @Nullable CpuFlags flags) {
        this.flags = flags;
        this.engine = engine;
        this.memory = memory;
        this.mmu = mmu;
        this.translation = translation;
    }

    /// The same operation with a physical address: the argument of IC IVAU is a virtual address of the CPU that
    /// executed it.
    ///
    /// An address that this CPU cannot read stays unchanged, because there is no code to drop.
    public Exit.Maintenance physical(Exit.Maintenance operation) {
        if (operation.operation() != IC_IVAU || !mmu.getAsBoolean()) {
            return operation;
        }
        long physical = translation.physical(operation.argument());
        return physical == AddressTranslation.NONE ? operation : new Exit.Maintenance(operation.operation(), physical);
    }

    /// The physical address of a virtual one; [AddressTranslation#NONE] if the guest's tables do not map it.
    public long physical(long address) {
        return translation.physical(address);
    }

    /// The physical address of memory at an address of the host; [AddressTranslation#NONE] if it is not the
    /// guest's.
    long ofHost(long host) {
        for (MemoryMap.Region region : memory.regions()) {
            if (region instanceof MemoryMap.Memory block) {
                long offset = host - block.bytes().address();
                if (offset >= 0 && offset < block.size()) {
                    return block.base() + offset;
                }
            }
        }
        return AddressTranslation.NONE;
    }

    /// Whether there is memory behind a virtual address.
    public boolean isMemory(long address) {
        return memory.memoryAt(translation.physical(address)) != null;
    }

    /// Drops the translations from a range of physical memory. Any range is allowed, because it may come from the
    /// guest. Memory is in the lower half of the address space, so signed comparison is correct once a negative
    /// address is excluded.
    @Override
    public void drop(long address, long length) {
        for (MemoryMap.Region region : memory.regions()) {
            if (region instanceof MemoryMap.Memory block) {
                long first = Math.max(address, block.base());
                long last = Math.min(address + length - 1, block.base() + block.size() - 1);
                if (address >= 0 && first <= last) {
                    dropMapped(first, last + 1);
                }
            }
        }
    }

    private void dropMapped(long from, long to) {
        long control = mmu.getAsBoolean() ? engine.readSystem(SystemRegister.SCTLR_EL1) : 0;
        if ((control & MMU) == 0) {
            engine.removeCache(from, to);
        } else if (flags == null) {
            engine.writeSystem(SystemRegister.SCTLR_EL1, control & ~MMU);
            engine.removeCache(from, to);
            engine.writeSystem(SystemRegister.SCTLR_EL1, control);
        } else {
            int current = flags.get();
            flags.set(TranslationFlags.untranslated(current));
            engine.removeCache(from, to);
            flags.set(current);
        }
    }

    /// Drops all translations: one pass over the pages of memory.
    public void dropAll() {
        for (MemoryMap.Region region : memory.regions()) {
            if (region instanceof MemoryMap.Memory) {
                drop(region.base(), region.size());
            }
        }
    }

    @Override
    public void maintain(Exit.Maintenance operation) {
        if (!operation.isInstructionCache()) {
            invalidateTlb(operation);
        } else if (operation.operation() == IC_IVAU) {
            drop(operation.argument() & -LINE, LINE);
        } else if (pages != null) {
            pages.dropChanged();
        } else {
            dropAll();
        }
    }

    /// Lets operations on the whole instruction cache drop only what has changed.
    public void know(CodePages known) {
        pages = known;
    }

    /// The number of bytes that IC IVAU affects: the largest instruction cache line among the models.
    private static final long LINE = 64;

    private void invalidateTlb(Exit.Maintenance operation) {
        int encoding = SYS | operation.operation();
        int local = SystemRegister.of(
                1, SystemRegister.op1(encoding), SystemRegister.crn(encoding), LOCAL, SystemRegister.op2(encoding));
        engine.writeSystem(local, operation.argument());
    }

    @Override
    public void emptyTlb() {
        engine.writeSystem(SystemRegister.TLBI_VMALLE1, 0);
    }

    /// Whether a SYS instruction affects the machine's other engines: IC IALLUIS, IC IALLU, IC IVAU, and broadcast
    /// TLBI.
    public static boolean concernsOthers(int operation) {
        int crn = SystemRegister.crn(operation);
        int crm = SystemRegister.crm(operation);
        int op1 = SystemRegister.op1(operation);
        int op2 = SystemRegister.op2(operation);
        if (crn == 7) {
            return op1 == 0 ? op2 == 0 && (crm == 1 || crm == 5) : op1 == 3 && crm == 5 && op2 == 1;
        }
        return crn == 8 && op1 == 0 && crm == 3;
    }
}
