package dev.trapline.unicorn.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.engine.MemoryMap;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Guest memory from C's `calloc`. For large blocks, it returns pages that the system fills with zeros when they are
/// first touched; an arena would write all of them at once. So a machine with a gigabyte starts as fast as one with a
/// megabyte.
@SuppressWarnings("restricted")
public final class ZeroPages {

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle CALLOC = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("calloc"), FunctionDescriptor.of(ADDRESS, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle FREE =
            LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("free"), FunctionDescriptor.ofVoid(ADDRESS));

    private ZeroPages() {}

    /// Zeroed memory, aligned to [MemoryMap#PAGE], that lives as long as the arena.
    ///
    /// @throws EngineException if the system does not have that much memory
    public static MemorySegment allocate(long bytes, Arena arena) {
        long padded = bytes + MemoryMap.PAGE;
        MemorySegment block = calloc(padded);
        if (block.address() == 0) {
            throw new EngineException(
                    "the system has no " + bytes + " bytes for the guest's memory: use a smaller size");
        }
        // SAFETY: calloc returned a block of this length; it is freed when the arena closes, and not before.
        MemorySegment owned = block.reinterpret(padded, arena, ZeroPages::free);
        long offset = -owned.address() & (MemoryMap.PAGE - 1);
        return owned.asSlice(offset, bytes, MemoryMap.PAGE);
    }

    private static MemorySegment calloc(long bytes) {
        try {
            // SAFETY: calloc's parameters are two sizes, and it changes no memory that is in use.
            return (MemorySegment) CALLOC.invokeExact(1L, bytes);
        } catch (Throwable e) {
            throw new InvariantViolation("calloc threw", e);
        }
    }

    private static void free(MemorySegment block) {
        try {
            // SAFETY: the arena calls this once, with the block that calloc returned.
            FREE.invokeExact(block);
        } catch (Throwable e) {
            throw new InvariantViolation("free threw", e);
        }
    }
}
