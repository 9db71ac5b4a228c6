package dev.trapline.unicorn;

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

/// Guest memory from C's `calloc`: for large blocks it hands out pages that the system zeroes when they are first
/// touched, where an arena would write all of them at once. A machine of a gigabyte starts as fast as one of a
/// megabyte.
@SuppressWarnings("restricted")
final class ZeroPages {

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle CALLOC = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("calloc"), FunctionDescriptor.of(ADDRESS, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle FREE =
            LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("free"), FunctionDescriptor.ofVoid(ADDRESS));

    private ZeroPages() {}

    /// Zeroed memory, aligned to [MemoryMap#PAGE], that lives as long as the arena.
    ///
    /// @throws EngineException if the system has not so much
    static MemorySegment allocate(long bytes, Arena arena) {
        long padded = bytes + MemoryMap.PAGE;
        MemorySegment block = calloc(padded);
        if (block.address() == 0) {
            throw new EngineException("the system has no " + bytes + " bytes for the guest's memory: give it less");
        }
        // SAFETY: calloc returned a block of this length, which is freed when the arena closes and not before.
        MemorySegment owned = block.reinterpret(padded, arena, ZeroPages::free);
        long offset = -owned.address() & (MemoryMap.PAGE - 1);
        return owned.asSlice(offset, bytes, MemoryMap.PAGE);
    }

    private static MemorySegment calloc(long bytes) {
        try {
            // SAFETY: calloc takes two sizes and touches nothing of ours.
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
