package dev.trapline.unicorn.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.trapline.abi.InvariantViolation;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Collections;

/// The functions of one loaded library, with types: one method for each function, and no other logic.
///
/// Pointers and handles are plain `long`s here, so a call allocates nothing. The method handles are static and take the
/// function's address as their first argument: the JIT compiler sees constants, and several libraries can be loaded at
/// the same time.
public final class NativeCalls {

    // Each method type costs every process 2 to 3 ms, in which the JVM generates the code for it. So there are few of
    // them, and functions with fewer parameters get zeros after the last: caller and callee need not agree about
    // arguments that are never read. An `int` parameter is the low half of a `long` argument. Both are correct in the
    // calling conventions of all processors for which the library is built.
    private static final MethodHandle PLAIN = handle(of(7));
    // SAFETY: the functions that are called in this way copy registers or set flags, and return: they call no hook and
    // do not block.
    private static final MethodHandle CRITICAL = handle(of(4), Linker.Option.critical(false));
    private static final MethodHandle HOOK = handle(of(8), Linker.Option.firstVariadicArg(7));
    private static final MethodHandle CONTROL = handle(of(4), Linker.Option.firstVariadicArg(2));

    private final MemorySegment version;
    private final MemorySegment archSupported;
    private final MemorySegment open;
    private final MemorySegment close;
    private final MemorySegment emuStart;
    private final MemorySegment emuStop;
    private final MemorySegment regReadBatch;
    private final MemorySegment regWriteBatch;
    private final MemorySegment memMapPtr;
    private final MemorySegment memUnmap;
    private final MemorySegment memProtect;
    private final MemorySegment mmioMap;
    private final MemorySegment hookAdd;
    private final MemorySegment ctl;
    private final MemorySegment contextAlloc;
    private final MemorySegment contextSave;
    private final MemorySegment contextRestore;
    private final MemorySegment contextSize;
    private final MemorySegment free;

    /// Looks up every function.
    ///
    /// @throws java.util.NoSuchElementException if the library lacks a function
    NativeCalls(SymbolLookup library) {
        version = library.findOrThrow("uc_version");
        archSupported = library.findOrThrow("uc_arch_supported");
        open = library.findOrThrow("uc_open");
        close = library.findOrThrow("uc_close");
        emuStart = library.findOrThrow("uc_emu_start");
        emuStop = library.findOrThrow("uc_emu_stop");
        regReadBatch = library.findOrThrow("uc_reg_read_batch");
        regWriteBatch = library.findOrThrow("uc_reg_write_batch");
        memMapPtr = library.findOrThrow("uc_mem_map_ptr");
        memUnmap = library.findOrThrow("uc_mem_unmap");
        memProtect = library.findOrThrow("uc_mem_protect");
        mmioMap = library.findOrThrow("uc_mmio_map");
        hookAdd = library.findOrThrow("uc_hook_add");
        ctl = library.findOrThrow("uc_ctl");
        contextAlloc = library.findOrThrow("uc_context_alloc");
        contextSave = library.findOrThrow("uc_context_save");
        contextRestore = library.findOrThrow("uc_context_restore");
        contextSize = library.findOrThrow("uc_context_size");
        free = library.findOrThrow("uc_context_free");
    }

    private static FunctionDescriptor of(int arguments) {
        return FunctionDescriptor.of(
                JAVA_INT, Collections.nCopies(arguments, JAVA_LONG).toArray(MemoryLayout[]::new));
    }

    @SuppressWarnings("restricted")
    private static MethodHandle handle(FunctionDescriptor descriptor, Linker.Option... options) {
        return Linker.nativeLinker().downcallHandle(descriptor, options);
    }

    /// Ends the process at once.
    ///
    /// @param exit the system's `_exit`
    static void endProcess(MemorySegment exit, int status) {
        try {
            // SAFETY: its parameter is a number, and it does not return.
            int ignored = (int) PLAIN.invokeExact(exit, (long) status, 0L, 0L, 0L, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    int version(long major, long minor) {
        try {
            // SAFETY: it accepts null for both out parameters, and keeps neither.
            return (int) PLAIN.invokeExact(version, major, minor, 0L, 0L, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    boolean archSupported(int arch) {
        try {
            // SAFETY: its parameter and its result are numbers.
            return ((int) PLAIN.invokeExact(archSupported, (long) arch, 0L, 0L, 0L, 0L, 0L, 0L) & 0xff) != 0;
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    int open(int arch, int mode, long engineOut) {
        try {
            // SAFETY: the caller provides room for one pointer; the library does not keep its address.
            return (int) PLAIN.invokeExact(open, (long) arch, (long) mode, engineOut, 0L, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    int close(long engine) {
        try {
            // SAFETY: the engine is open, and no run of it is under way.
            return (int) PLAIN.invokeExact(close, engine, 0L, 0L, 0L, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    int emuStart(long engine, long begin, long count) {
        try {
            // SAFETY: the engine is open; its memory and stubs outlive the run. Not critical: hooks call back into
            // Java.
            return (int) PLAIN.invokeExact(emuStart, engine, begin, 0L, 0L, count, 0L, 0L);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    int emuStop(long engine) {
        try {
            // SAFETY: the engine is open; the call only sets flags in it.
            return (int) CRITICAL.invokeExact(emuStop, engine, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    int regReadBatch(long engine, long ids, long pointers, int count) {
        try {
            // SAFETY: the caller provides `count` ids, and as many pointers with room for their registers.
            return (int) CRITICAL.invokeExact(regReadBatch, engine, ids, pointers, (long) count);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    int regWriteBatch(long engine, long ids, long pointers, int count) {
        try {
            // SAFETY: the caller provides `count` ids, and as many pointers to their values.
            return (int) CRITICAL.invokeExact(regWriteBatch, engine, ids, pointers, (long) count);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    /// Writes registers that translate an address.
    int regWriteBatchAndWalk(long engine, long ids, long pointers, int count) {
        try {
            // SAFETY: as for regWriteBatch. Not critical: the guest may have put its page tables outside of memory, and
            // then the library calls back into Java for them.
            return (int) PLAIN.invokeExact(regWriteBatch, engine, ids, pointers, (long) count, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    int memMapPtr(long engine, long address, long size, int protection, long host) {
        try {
            // SAFETY: the caller keeps `size` bytes at `host` valid until the engine is closed.
            return (int) PLAIN.invokeExact(memMapPtr, engine, address, size, (long) protection, host, 0L, 0L);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    int memUnmap(long engine, long address, long size) {
        try {
            // SAFETY: the range was mapped before, and no run is under way.
            return (int) PLAIN.invokeExact(memUnmap, engine, address, size, 0L, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    /// `uc_mem_protect`.
    public int memProtect(long engine, long address, long size, int protection) {
        try {
            // SAFETY: the range was mapped before, and no run is under way.
            return (int) PLAIN.invokeExact(memProtect, engine, address, size, (long) protection, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    /// `uc_mmio_map`.
    ///
    /// @param user passed to both stubs
    public int mmioMap(long engine, long address, long size, long read, long write, long user) {
        try {
            // SAFETY: both stubs outlive the engine.
            return (int) PLAIN.invokeExact(mmioMap, engine, address, size, read, user, write, user);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    /// Adds a hook.
    ///
    /// @param data passed to the callback
    /// @param first the first address of the hook; if it is above `last`, the hook is for all addresses
    /// @param instruction the kind of instruction, for a hook on instructions; not read otherwise
    int hookAdd(long engine, long hookOut, int type, long callback, long data, long first, long last, int instruction) {
        try {
            // SAFETY: the stub outlives the engine; there is room for one pointer at `hookOut`.
            return (int) HOOK.invokeExact(
                    hookAdd, engine, hookOut, (long) type, callback, data, first, last, (long) instruction);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    int control(long engine, int control, int argument) {
        try {
            // SAFETY: the engine is open, and the control takes one int.
            return (int) CONTROL.invokeExact(ctl, engine, (long) control, (long) argument, 0L);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    int controlRange(long engine, int control, long from, long to) {
        try {
            // SAFETY: the engine is open, and the control takes two 64-bit numbers.
            return (int) CONTROL.invokeExact(ctl, engine, (long) control, from, to);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    /// Calls a function that the library exports although it is not part of its interface.
    void forget(MemorySegment function, long cpu, long place) {
        try {
            // SAFETY: the CPU belongs to an open engine without a run under way; the address is in its translated code.
            int _ = (int) PLAIN.invokeExact(function, cpu, place, 0L, 0L, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    int contextAlloc(long engine, long contextOut) {
        try {
            // SAFETY: the caller provides room for one pointer, and frees the context.
            return (int) PLAIN.invokeExact(contextAlloc, engine, contextOut, 0L, 0L, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    int contextSave(long engine, long context) {
        try {
            // SAFETY: the context was allocated by the same engine.
            return (int) CRITICAL.invokeExact(contextSave, engine, context, 0L, 0L);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    int contextRestore(long engine, long context) {
        try {
            // SAFETY: the context was allocated by the same engine and saved by it; no run is under way.
            return (int) CRITICAL.invokeExact(contextRestore, engine, context, 0L, 0L);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    /// The size in bytes; `size_t` in C, but only a few thousand.
    int contextSize(long engine) {
        try {
            // SAFETY: the engine is open; the result is a number.
            return (int) PLAIN.invokeExact(contextSize, engine, 0L, 0L, 0L, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    int contextFree(long context) {
        try {
            // SAFETY: the context was allocated by the library and is not used again.
            return (int) PLAIN.invokeExact(free, context, 0L, 0L, 0L, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    private static InvariantViolation broken(Throwable t) {
        return new InvariantViolation("a call of the Unicorn library failed on the Java side", t);
    }
}
