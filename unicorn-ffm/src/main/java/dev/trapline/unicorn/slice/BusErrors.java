package dev.trapline.unicorn.slice;

import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.engine.MmioDevice;
import dev.trapline.abi.engine.PartialDevice;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.translation.AddressTranslation;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// Handles accesses of a slice that neither memory nor devices answer: accesses to gaps, fetches from addresses without
/// memory, and writes to read-only memory.
///
/// An access to a gap stops the run within its instruction. The registers are saved at that time, so that the
/// instruction has no effect.
public final class BusErrors {

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
    private @Nullable BlockRun counted;
    private LongPredicate fetched = _ -> false;
    private LongPredicate unstoppable = _ -> false;
    /// Null if the CPU is not wired.
    private @Nullable InterruptInputs inputs;
    /// Whether an access to a device was put off: its instruction has to run alone.
    private boolean putOff;
    /// Whether the part is that instruction.
    private boolean alone;

    private MemoryMap.@Nullable Memory ignoring;
    private long ignored;

    /// @param general reads the registers; nothing else may use it
    public BusErrors(MemoryMap memory, RegisterBatch general, AddressTranslation translation, Progress progress) {
        this.memory = memory;
        this.partial = memory.partialDevices();
        this.general = general;
        this.translation = translation;
        this.progress = progress;
    }

    /// Sets the test for fetched code.
    ///
    /// @param test whether code at a virtual address can be fetched without a walk of the guest's page tables
    public void knowFetched(LongPredicate test) {
        fetched = test;
    }

    /// Sets the test for instructions at which the library cannot stop. They access devices at once, and the part
    /// ends as soon as possible behind them.
    ///
    /// @param test by virtual address
    public void knowUnstoppable(LongPredicate test) {
        unstoppable = test;
    }

    /// Sets the run that repeats instructions that were interrupted.
    void count(BlockRun run) {
        counted = run;
    }

    /// Makes the CPU a wired one. An access to a device may raise one of its inputs. Then the slice has to stop
    /// exactly behind the instruction, so instructions that access devices run alone.
    public void wire(InterruptInputs wired) {
        inputs = wired;
    }

    public void beginSlice() {
        fault = null;
        taken = false;
        alone = putOff;
        putOff = false;
    }

    /// Whether the part ended before an instruction that accesses a device. The next part is that instruction.
    public boolean endedBeforeAccess() {
        return putOff;
    }

    /// Records an access to an unmapped address. Only the first one of an instruction counts.
    ///
    /// @param address physical
    public void nobodyAnswers(long address, boolean write) {
        BlockRun run = counted;
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

    /// Whether the access fetches the instruction at PC, or is part of the page table walk for that fetch.
    private boolean isFetching() {
        BlockRun run = counted;
        if (run != null) {
            return run.isFetching();
        }
        long pc = before[GeneralRegisters.PC];
        long code = physical(pc);
        // The tables may no longer map the running code.
        return (code == AddressTranslation.NONE || memory.memoryAt(code) == null) && !fetched.test(pc);
    }

    /// The kind of fault. An instruction is fetched when it is translated, before it has any effect.
    private GuestFault.Kind kind(boolean write) {
        if (write) {
            return GuestFault.Kind.UNMAPPED_WRITE;
        }
        long code = physical(before[GeneralRegisters.PC]);
        return code == AddressTranslation.NONE || memory.memoryAt(code) != null
                ? GuestFault.Kind.UNMAPPED_READ
                : GuestFault.Kind.UNMAPPED_FETCH;
    }

    /// Decides on an access that the mapping at its *virtual* address refuses.
    ///
    /// @return whether the library may continue: the physical address allows the access, or the guest's tables
    ///     refuse it
    boolean mayGoOn(int access, long address) {
        long physical = physical(address);
        if (physical == AddressTranslation.NONE) {
            return true;
        }
        MemoryMap.Memory block = memory.memoryAt(physical);
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

    /// Wraps a device so that accesses do not reach it after the same instruction has accessed a gap.
    MmioDevice behind(MmioDevice device) {
        return new MmioDevice() {
            @Override
            public long read(long offset, int size) {
                if (isOver() || putsOff()) {
                    return 0;
                }
                long value = device.read(offset, size);
                accessed();
                return value;
            }

            @Override
            public void write(long offset, int size, long value) {
                if (!isOver() && !putsOff()) {
                    device.write(offset, size, value);
                    accessed();
                }
            }
        };
    }

    /// The device that does not fill its pages and answers an access; null if there is none.
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
        BlockRun run = counted;
        return fault != null || (inputs == null && run != null && run.isBehindDevices());
    }

    /// Whether an access has to wait until its instruction runs alone.
    private boolean putsOff() {
        InterruptInputs wired = inputs;
        if (wired == null) {
            return false;
        }
        BlockRun run = counted;
        if (run != null) {
            return run.repeatsNothing();
        }
        if (!alone && !putOff) {
            general.read();
            if (unstoppable.test(general.get(GeneralRegisters.PC, 0))) {
                wired.endPart();
                return false;
            }
            general.copyTo(before, GeneralRegisters.COUNT);
            taken = true;
            putOff = true;
            progress.end(Progress.End.AT);
            wired.endPart();
        }
        return !alone;
    }

    private void accessed() {
        InterruptInputs wired = inputs;
        if (wired != null) {
            wired.deviceAccessed();
        }
    }

    /// Reports the last refused store as ignored; the PC is that of its instruction.
    void storeIgnored() {
        if (ignoring != null) {
            general.read();
            ignoring.ignoredWrites().ignored(ignored, general.get(GeneralRegisters.PC, 0));
        }
    }

    /// Called when the CPU enters AArch32 state at EL0, which an AArch64 engine cannot handle. The engine behaves
    /// like a CPU without that state: the exception return is illegal, and the next instruction fails.
    ///
    /// @param address the address of that instruction
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

    /// Whether a fault is that of [#illegalState], or of an illegal exception return.
    public static boolean isIllegalState(GuestFault fault) {
        return fault.detail() == ILLEGAL_STATE;
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

    /// The fault that ended the slice; null if none did.
    @Nullable
    public GuestFault fault() {
        return fault;
    }

    /// Restores the registers to their values before the instruction that failed.
    ///
    /// @return whether they may have changed
    boolean undo(long[] registers) {
        if (taken) {
            System.arraycopy(before, 0, registers, 0, registers.length);
        }
        return taken;
    }
}
