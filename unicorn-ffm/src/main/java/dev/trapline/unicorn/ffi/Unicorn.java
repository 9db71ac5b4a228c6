package dev.trapline.unicorn.ffi;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.trapline.abi.engine.AccessListener;
import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.engine.MmioDevice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// One instance of the library's CPU: its C interface with Java's types, and no policy.
///
/// Only one thread may use it at a time; it need not be the same thread for each call. The instance owns all native
/// memory that it needs, and [#close] frees it; memory mapped into it belongs to the caller.
public final class Unicorn implements AutoCloseable {

    /// The word of a slot that contains the value in a batch of [#systemRegisters].
    public static final int SYSTEM_VALUE = EncodedRegisters.SYSTEM_VALUE;

    private final NativeCalls calls;
    private final Arena arena = Arena.ofShared();
    private final Upcalls upcalls;
    private final long handle;
    private final MemorySegment out;
    private @Nullable RegisterBatch system;
    public final Context context;
    private final TranslationHooks translation = new TranslationHooks();
    private @Nullable Throwable failure;
    private boolean closed;
    private long instructionStub;

    private Unicorn(NativeCalls calls, int arch, int model) {
        this.calls = calls;
        this.upcalls = new Upcalls(this, arena);
        this.out = arena.allocate(JAVA_LONG);
        this.handle = open(arch, model);
        this.context = new Context(calls, handle, out);
    }

    /// Opens an instance: little-endian, with the budget in force from the first run, and without an address at
    /// which runs end.
    ///
    /// @param arch [UnicornConstants#UC_ARCH_ARM64] or [UnicornConstants#UC_ARCH_ARM]
    /// @param model one of the `UC_CPU_` numbers of that architecture
    public static Unicorn open(UnicornLibrary library, int arch, int model) {
        return new Unicorn(library.calls(), arch, model);
    }

    private long open(int arch, int model) {
        // SAFETY: out has room for the handle; the library keeps no pointer to it.
        int code = calls.open(arch, UnicornConstants.UC_MODE_ARM, out.address());
        if (code != UnicornConstants.UC_ERR_OK) {
            arena.close();
            throw new EngineException("opening an engine: " + UnicornError.describe(code));
        }
        long opened = out.get(JAVA_LONG, 0);
        if (opened == 0) {
            arena.close();
            throw new EngineException("opening an engine: the library returned no engine and no error");
        }
        // The model has an effect only before anything else has initialised the instance.
        code = calls.control(opened, UnicornConstants.UC_CTL_WRITE_CPU_MODEL, model);
        if (code == UnicornConstants.UC_ERR_OK) {
            // Without this, virtual address 0 would end every run.
            code = calls.control(opened, UnicornConstants.UC_CTL_WRITE_USE_EXITS, 1);
        }
        if (code != UnicornConstants.UC_ERR_OK) {
            calls.close(opened);
            arena.close();
            throw new EngineException("setting CPU model " + model + ": " + UnicornError.describe(code));
        }
        return opened;
    }

    /// Maps memory of the host at a guest physical address.
    ///
    /// @param host stays the caller's; it must outlive this instance
    /// @param protection `UC_PROT_` bits
    public void mapMemory(long address, MemorySegment host, int protection) {
        // SAFETY: the caller promises that host outlives the instance; the size is the segment's own.
        UnicornError.check(
                calls.memMapPtr(handle(), address, host.byteSize(), protection, host.address()),
                "mapping " + host.byteSize() + " bytes of memory at 0x" + Long.toHexString(address));
    }

    /// Removes the mapping at a guest physical address.
    public void unmap(long address, long size) {
        UnicornError.check(
                calls.memUnmap(handle(), address, size), "unmapping memory at 0x" + Long.toHexString(address));
    }

    /// Maps a device at a guest physical address.
    public void mapDevice(long address, long size, MmioDevice device) {
        // SAFETY: both stubs live as long as the instance.
        UnicornError.check(
                calls.mmioMap(
                        handle(), address, size, upcalls.deviceReadStub(device), upcalls.deviceWriteStub(device), 0),
                "mapping a device at 0x" + Long.toHexString(address));
    }

    /// The functions of this instance that native code can call.
    public Upcalls upcalls() {
        return upcalls;
    }

    /// Reports exceptions and refused accesses to the hooks.
    public void hookExceptions(Hooks hooks) {
        hook(UnicornConstants.UC_HOOK_INTR, upcalls.interruptStub(hooks), 0);
        hook(UnicornConstants.UC_HOOK_MEM_INVALID, upcalls.invalidStub(hooks), 0);
    }

    /// Reports each load and store. It makes the guest many times slower.
    public void hookAccesses(AccessListener listener) {
        hook(UnicornConstants.UC_HOOK_MEM_READ | UnicornConstants.UC_HOOK_MEM_WRITE, upcalls.accessStub(listener), 0);
    }

    /// Reports MRS, MSR (register) and SYS to the hooks. AArch64 only.
    public void hookSystemInstructions(Hooks hooks) {
        SystemFilter filter = SystemFilter.load(arena);
        upcalls.filter(filter);
        hookSystem(filter, upcalls.readSystemStub(hooks), UnicornConstants.UC_ARM64_INS_MRS);
        hookSystem(filter, upcalls.writeSystemStub(hooks), UnicornConstants.UC_ARM64_INS_MSR);
        hookSystem(filter, upcalls.systemInstructionStub(hooks), UnicornConstants.UC_ARM64_INS_SYS);
    }

    private void hookSystem(@Nullable SystemFilter filter, long stub, int instruction) {
        hook(UnicornConstants.UC_HOOK_INSN, filter == null ? stub : filter.address(), stub, 1, 0, instruction);
    }

    /// Reports each block of code after it is translated.
    public void hookTranslation(TranslationHook hook) {
        if (translation.add(hook)) {
            hook(UnicornConstants.UC_HOOK_EDGE_GENERATED, upcalls.translationStub(translation), 0);
        }
    }

    /// Reports each block of code after it is translated. Also prepares [#hookInstruction].
    public void hookCode(CodeHooks hooks) {
        hookTranslation(hooks);
        instructionStub = upcalls.instructionStub(hooks);
    }

    /// Reports an instruction each time it is reached. This affects only code that is translated from now on. Every
    /// hook of this kind makes every instruction a little slower.
    public void hookInstruction(long address) {
        hook(UnicornConstants.UC_HOOK_CODE, instructionStub, 0, address, address, 0);
    }

    /// Calls native code before each instruction, as [#hookBlocks] does before each block.
    public void hookInstructions(long callback) {
        hook(UnicornConstants.UC_HOOK_CODE, callback, 0);
    }

    /// Calls native code before each block of code.
    ///
    /// @param callback gets the instance, the block's address, its length in bytes, and `data`
    public void hookBlocks(long callback, long data) {
        hook(UnicornConstants.UC_HOOK_BLOCK, callback, data, 1, 0, 0);
    }

    /// Translates a block of code without running it.
    ///
    /// @param description where the library writes the block's description: 16 bytes
    public void translate(long address, MemorySegment description) {
        UnicornError.check(
                calls.controlRange(handle(), UnicornConstants.UC_CTL_TB_REQUEST_CACHE, address, description.address()),
                "translating code at 0x" + Long.toHexString(address));
    }

    /// Drops one block of translated code, but no other translation of the same code. Afterwards the PC is at the
    /// block's first instruction.
    ///
    /// @param function `tb_check_watchpoint` of this library and architecture
    /// @param cpu address of this instance's CPU
    /// @param place an address in the block's translated code
    public void forget(MemorySegment function, long cpu, long place) {
        handle();
        calls.forget(function, cpu, place);
    }

    private void hook(int type, long stub, int instruction) {
        hook(type, stub, 0, 1, 0, instruction);
    }

    private void hook(int type, long stub, long data, long first, long last, int instruction) {
        // SAFETY: the stub lives as long as the instance; out has room for the hook's handle, which is not needed
        // again.
        UnicornError.check(
                calls.hookAdd(handle(), out.address(), type, stub, data, first, last, instruction), "adding a hook");
    }

    /// Runs guest code until something stops it.
    ///
    /// @param begin first instruction; bit 0 selects Thumb on AArch32
    /// @param count instructions; 0 means no limit. An instance that ran with a limit must never run without one:
    ///     it would drop all its translations, which takes a second
    /// @return the library's error number; a stop that a hook requested, and the end of the count, are not errors
    public int start(long begin, long count) {
        failure = null;
        // SAFETY: everything the run can touch (mapped memory, stubs) outlives it. Not critical: hooks call back into
        // Java.
        int code = calls.emuStart(handle(), begin, count);
        Throwable thrown = failure;
        if (thrown != null) {
            failure = null;
            throw rethrown(thrown);
        }
        return code;
    }

    private static RuntimeException rethrown(Throwable thrown) {
        return switch (thrown) {
            case Error error -> throw error;
            case RuntimeException exception -> exception;
            default -> new EngineException("a hook failed", thrown);
        };
    }

    /// Ends the run before the next instruction. Only hooks may call it: otherwise the PC would be inexact.
    public void stop() {
        calls.emuStop(handle);
    }

    /// Keeps what a hook threw until the run has ended, and ends the run.
    int failInHook(Throwable thrown) {
        if (failure == null) {
            failure = thrown;
        }
        stop();
        return 0;
    }

    /// A batch of registers that are read together, each of one 64-bit word.
    public RegisterBatch registers(int... ids) {
        int[] slots = new int[ids.length];
        for (int k = 0; k < slots.length; k++) {
            slots[k] = k;
        }
        return registers(ids, slots, ids.length, 1);
    }

    /// A batch of registers in chosen slots.
    ///
    /// @param ids the library's numbers
    /// @param slots the slot of each; several may share one
    /// @param slotCount how many slots there are
    /// @param words how many 64-bit words a slot has
    public RegisterBatch registers(int[] ids, int[] slots, int slotCount, int words) {
        handle();
        return new RegisterBatch(this, arena, ids, slots, slotCount, words);
    }

    /// A batch of AArch64 system registers that are read together; the value is word [#SYSTEM_VALUE] of each slot.
    public RegisterBatch systemRegisters(int... encodings) {
        return EncodedRegisters.system(this, encodings);
    }

    private RegisterBatch oneSystem(int encoding) {
        RegisterBatch batch = system;
        if (batch == null) {
            batch = systemRegisters(encoding);
            system = batch;
        }
        EncodedRegisters.nameSystem(batch, 0, encoding);
        return batch;
    }

    /// Reads one system register of AArch64, whatever its access rights.
    ///
    /// @throws EngineException if the CPU model has no such register
    public long readSystem(int encoding) {
        RegisterBatch batch = oneSystem(encoding);
        batch.read();
        return batch.get(0, SYSTEM_VALUE);
    }

    /// Writes one system register of AArch64, or performs a SYS instruction, whatever the access rights.
    ///
    /// @param encoding packed as for [Hooks#readSystem]
    /// @throws EngineException if the CPU model has no such register
    public void writeSystem(int encoding, long value) {
        RegisterBatch batch = oneSystem(encoding);
        batch.set(0, SYSTEM_VALUE, value);
        batch.write(1);
    }

    /// Performs an address translation instruction (AT), whose walk may access memory that nobody has.
    public void translate(RegisterBatch operation) {
        upcalls.duringWalk(operation::writeAndWalk);
    }

    /// Reads one 32-bit register of coprocessor 15 in AArch32's non-secure view, whatever its access rights.
    public long readCoprocessor(int crn, int opc1, int crm, int opc2) {
        RegisterBatch batch = coprocessor(crn, opc1, crm, opc2);
        batch.read();
        return coprocessorValue(batch);
    }

    /// Writes one 32-bit register of coprocessor 15 in AArch32's non-secure view, whatever its access rights.
    public void writeCoprocessor(int crn, int opc1, int crm, int opc2, long value) {
        RegisterBatch batch = coprocessor(crn, opc1, crm, opc2);
        setCoprocessorValue(batch, value);
        batch.write(1);
    }

    /// The value in a batch of [#coprocessor].
    public static long coprocessorValue(RegisterBatch batch) {
        return batch.get(0, EncodedRegisters.COPROCESSOR_VALUE);
    }

    /// Sets the value in a batch of [#coprocessor].
    public static void setCoprocessorValue(RegisterBatch batch, long value) {
        batch.set(0, EncodedRegisters.COPROCESSOR_VALUE, value);
    }

    /// A batch of one 32-bit register of coprocessor 15, for many reads and writes.
    public RegisterBatch coprocessor(int crn, int opc1, int crm, int opc2) {
        return EncodedRegisters.coprocessor(this, crn, opc1, crm, opc2);
    }

    /// Drops translations of code.
    ///
    /// @param from first address, virtual in the current translation regime
    /// @param to the address after the last; the range must be contiguous in physical memory too
    public void removeCache(long from, long to) {
        UnicornError.check(
                calls.controlRange(handle(), UnicornConstants.UC_CTL_WRITE_TB_REMOVE_CACHE, from, to),
                "dropping translations from 0x" + Long.toHexString(from));
    }

    /// An image of the whole CPU state. It contains state that no register shows
    /// ([dev.trapline.unicorn.layout.CpuStateLayout]).
    ///
    /// @return the one image of this instance, which the next call overwrites
    public MemorySegment saveContext() {
        handle();
        return context.save();
    }

    /// Restores the CPU's state from the image that [#saveContext] returned, with the caller's changes to it. The
    /// instance must not have changed since that call.
    public void restoreContext() {
        handle();
        context.restore();
    }

    /// Loads an image from [#saveContext] of another instance as this instance's CPU state.
    ///
    /// @param saved all of its bytes
    /// @throws EngineException if it is not an image of this library and architecture
    public void loadContext(byte[] saved) {
        handle();
        context.load(saved);
    }

    /// Memory that lives until the instance is freed.
    public Arena arena() {
        return arena;
    }

    public NativeCalls calls() {
        return calls;
    }

    /// The C handle.
    ///
    /// @throws IllegalStateException once closed
    public long handle() {
        if (closed) {
            throw new IllegalStateException("the engine is closed");
        }
        return handle;
    }

    /// Frees the instance. Does nothing the second time.
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            context.free();
            // SAFETY: no run is under way: one thread uses the instance at a time. The stubs outlive uc_close.
            int code = calls.close(handle);
            arena.close();
            UnicornError.check(code, "closing an engine");
        }
    }
}
