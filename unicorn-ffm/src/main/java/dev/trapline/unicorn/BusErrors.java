package dev.trapline.unicorn;

import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.engine.MmioDevice;
import dev.trapline.abi.engine.PartialDevice;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// What a slice's accesses met besides memory and devices: addresses at which the machine has nothing, code where there
/// is no memory, writes to read-only memory.
///
/// An access to nothing stops the run within its instruction. The registers are saved there, so that the
/// instruction can be left as if it had not begun.
final class BusErrors {

    /// ESR_ELx of an Illegal Execution state exception: class 0x0e, and IL (DDI0487 ESR_ELx).
    private static final long ILLEGAL_STATE = 0x3a00_0000;

    private final MemoryMap memory;
    private final RegisterBatch general;
    private final AddressTranslation translation;
    private final Progress progress;

    private final List<MemoryMap.Device> partial;
    private @Nullable GuestFault fault;
    private final long[] before = new long[GeneralRegisters.COUNT];
    private boolean taken;
    private @Nullable CountedRun counted;
    private LongPredicate fetched = _ -> false;
    private MemoryMap.@Nullable Memory ignoring;
    private long ignored;

    /// @param general reads the registers; not used by anybody else
    BusErrors(MemoryMap memory, RegisterBatch general, AddressTranslation translation, Progress progress) {
        this.memory = memory;
        this.partial = memory.partialDevices();
        this.general = general;
        this.translation = translation;
        this.progress = progress;
    }

    /// Has it known what was fetched.
    ///
    /// @param test whether code at a virtual address can be fetched without a look at the guest's tables
    void knowFetched(LongPredicate test) {
        fetched = test;
    }

    /// Has instructions repeated that a run is in the middle of.
    void count(CountedRun run) {
        counted = run;
    }

    void beginSlice() {
        fault = null;
        taken = false;
    }

    /// Records an access to an unmapped address. The first one of an instruction counts.
    ///
    /// @param address physical
    void nobodyAnswers(long address, boolean write) {
        CountedRun run = counted;
        if (run != null && run.repeatsNothing()) {
            return;
        }
        if (fault == null) {
            general.read();
            general.copyTo(before, GeneralRegisters.COUNT);
            taken = true;
            fault = new GuestFault(kind(write), address, 0);
            progress.end(isFetching() ? Progress.End.BEFORE : Progress.End.AT);
        }
    }

    /// Whether the access fetches the instruction at PC, or looks up in the guest's tables where that is.
    private boolean isFetching() {
        CountedRun run = counted;
        if (run != null) {
            return run.isFetching();
        }
        long pc = before[GeneralRegisters.PC];
        long code = physical(pc);
        // The tables may no longer have what runs.
        return (code == AddressTranslation.NONE || block(code) == null) && !fetched.test(pc);
    }

    /// An instruction is fetched when it is translated, before anything of it is done.
    private GuestFault.Kind kind(boolean write) {
        if (write) {
            return GuestFault.Kind.UNMAPPED_WRITE;
        }
        long code = physical(before[GeneralRegisters.PC]);
        return code == AddressTranslation.NONE || block(code) != null
                ? GuestFault.Kind.UNMAPPED_READ
                : GuestFault.Kind.UNMAPPED_FETCH;
    }

    /// Decides on an access that the mapping at its *virtual* address refuses.
    ///
    /// @return whether it may go on: it is right by its physical address, or the guest's tables refuse it
    boolean mayGoOn(int access, long address) {
        long physical = physical(address);
        if (physical == AddressTranslation.NONE) {
            return true;
        }
        MemoryMap.Memory block = block(physical);
        return switch (access) {
            case UnicornConstants.UC_MEM_WRITE_PROT -> {
                // Read-only memory ignores the write by itself.
                if (block != null && !block.writable() && fault == null) {
                    ignoring = block;
                    ignored = physical;
                    if (counted == null) {
                        storeIgnored();
                    } else {
                        counted.askForStore();
                    }
                }
                yield true;
            }
            case UnicornConstants.UC_MEM_FETCH_PROT -> block != null || refuse(physical);
            default -> refuse(physical);
        };
    }

    /// A device that what the instruction does after it has met nothing does not reach.
    MmioDevice behind(MmioDevice device) {
        return new MmioDevice() {
            @Override
            public long read(long offset, int size) {
                return isOver() ? 0 : device.read(offset, size);
            }

            @Override
            public void write(long offset, int size, long value) {
                if (!isOver()) {
                    device.write(offset, size, value);
                }
            }
        };
    }

    /// The devices that do not fill their pages and answer an access; null if nobody answers it.
    MemoryMap.@Nullable Device partial(long address, int size) {
        for (MemoryMap.Device region : partial) {
            long offset = address - region.base();
            if (Long.compareUnsigned(offset, region.size()) < 0
                    && region.device() instanceof PartialDevice device
                    && device.answers(offset, size)) {
                return region;
            }
        }
        return null;
    }

    private boolean isOver() {
        CountedRun run = counted;
        return fault != null || (run != null && run.isBehindDevices());
    }

    /// The store that was met last is ignored; PC is that of its instruction.
    void storeIgnored() {
        if (ignoring != null) {
            general.read();
            ignoring.ignoredWrites().ignored(ignored, general.get(GeneralRegisters.PC, 0));
        }
    }

    /// The CPU has gone to AArch32 state at EL0, whose registers and instructions an AArch64 engine cannot tell
    /// apart. It answers as a CPU without that state does: the return to it is illegal, and the next instruction
    /// fails.
    ///
    /// @param address that instruction's
    void illegalState(long address) {
        if (fault == null) {
            general.read();
            general.copyTo(before, GeneralRegisters.COUNT);
            before[GeneralRegisters.PC] = address;
            taken = true;
            fault = new GuestFault(GuestFault.Kind.OTHER_EXCEPTION, 0, ILLEGAL_STATE);
            progress.end(Progress.End.BEFORE);
        }
    }

    private boolean refuse(long physical) {
        if (fault == null) {
            fault = new GuestFault(GuestFault.Kind.UNMAPPED_FETCH, physical, 0);
            progress.end(Progress.End.BEFORE);
        }
        return false;
    }

    private long physical(long address) {
        return translation.physical(address);
    }

    private MemoryMap.@Nullable Memory block(long address) {
        for (MemoryMap.Region region : memory.regions()) {
            if (region instanceof MemoryMap.Memory block
                    && address >= region.base()
                    && address - region.base() < region.size()) {
                return block;
            }
        }
        return null;
    }

    /// The fault that ended the slice; null if none did.
    @Nullable
    GuestFault fault() {
        return fault;
    }

    /// Puts the registers back to what they were before the instruction that failed.
    ///
    /// @return whether they may have changed since
    boolean undo(long[] registers) {
        if (taken) {
            System.arraycopy(before, 0, registers, 0, registers.length);
        }
        return taken;
    }
}
