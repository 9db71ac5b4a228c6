package dev.trapline.unicorn.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.engine.EngineException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Pages of the host for machine code and its data: filled with zeros, and never writable and executable at the same
/// time. Linux only.
@SuppressWarnings("restricted")
public final class NativePages {

    public static final long PAGE = 4096;

    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int PROT_EXEC = 4;
    private static final int MAP_PRIVATE = 2;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_32BIT = 0x40;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle MMAP = function(
            "mmap", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MPROTECT =
            function("mprotect", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle MUNMAP =
            function("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));

    private NativePages() {}

    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor);
    }

    /// Maps pages that live as long as the arena.
    ///
    /// @throws EngineException if the system has no more memory
    static MemorySegment map(long bytes, Arena arena) {
        return map(bytes, arena, 0);
    }

    /// Maps pages below 2 GiB, whose addresses fit into an instruction. x86-64 only.
    ///
    /// @throws EngineException if the system has no free memory there
    public static MemorySegment mapLow(long bytes, Arena arena) {
        return map(bytes, arena, MAP_32BIT);
    }

    private static MemorySegment map(long bytes, Arena arena, int where) {
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | where;
        long address;
        try {
            // SAFETY: anonymous, at an address that the system chooses: no existing mapping is replaced.
            address = (long) MMAP.invokeExact(0L, bytes, PROT_READ | PROT_WRITE, flags, -1, 0L);
        } catch (Throwable t) {
            throw new InvariantViolation("mmap threw", t);
        }
        if (address == -1) {
            throw new EngineException("the system has no " + bytes + " bytes of memory for machine code");
        }
        // SAFETY: mmap returned this many bytes; they are unmapped when the arena closes, and not before.
        return MemorySegment.ofAddress(address).reinterpret(bytes, arena, NativePages::unmap);
    }

    private static void unmap(MemorySegment pages) {
        try {
            // SAFETY: the arena calls this once, with the pages that mmap returned.
            int _ = (int) MUNMAP.invokeExact(pages.address(), pages.byteSize());
        } catch (Throwable t) {
            throw new InvariantViolation("munmap threw", t);
        }
    }

    /// Makes pages executable, and no longer writable.
    ///
    /// @throws EngineException if the system does not allow it
    public static void makeExecutable(MemorySegment pages) {
        int result;
        try {
            // SAFETY: the pages belong to the caller; nothing writes to them from now on.
            result = (int) MPROTECT.invokeExact(pages.address(), pages.byteSize(), PROT_READ | PROT_EXEC);
        } catch (Throwable t) {
            throw new InvariantViolation("mprotect threw", t);
        }
        if (result != 0) {
            throw new EngineException("the system does not let this process make code executable");
        }
    }
}
