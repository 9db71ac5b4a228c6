package dev.trapline.unicorn.counting;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.unicorn.ffi.HostMemory;
import java.lang.foreign.MemorySegment;

/// The shortcut [Shortcut#INLINE] in one engine: after a block has called its hook once, it counts by itself
/// ([CountingCall]). The translated code is changed only while none of it runs, or while it runs after the changed
/// part.
final class InlineCounts {

    // SAFETY: used only in the engine's translated code, around a call that was just made.
    @SuppressWarnings("restricted")
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private final BudgetData data;
    private final CountingCall call;
    /// A buffer for the code around a call.
    private final byte[] around = new byte[CountingCall.BEFORE + CountingCall.AFTER];
    private boolean proven;

    /// @param low the memory of the cells
    /// @param proven whether this library's translated code is known to be writable
    InlineCounts(BudgetData data, long instance, MemorySegment low, boolean proven) {
        this.data = data;
        this.call = new CountingCall(instance, data.hook(), Math.toIntExact(low.address()));
        this.proven = proven;
    }

    /// Called when a block that may run as a whole has called its hook.
    ///
    /// @param place the hook's return address
    void count(long place, CodeBlock block) {
        MemorySegment.copy(MEMORY, JAVA_BYTE, place - CountingCall.BEFORE, around, 0, around.length);
        byte[] code =
                call.inPlace(around, place, InlineCounts::read, block.address(), block.length(), data.nextNumber());
        if (code.length > 0) {
            long begin = place + CountingCall.AFTER - code.length;
            requireWritable(begin);
            MemorySegment.copy(code, 0, MEMORY, JAVA_BYTE, begin, code.length);
            data.countsByItself(block);
        }
    }

    private static long read(long address) {
        // SAFETY: the operand of a call in translated code.
        return MEMORY.get(JAVA_LONG_UNALIGNED, address);
    }

    private void requireWritable(long address) {
        if (!proven && !HostMemory.isWritable(address)) {
            throw new EngineException("the library's translated code cannot be written");
        }
        proven = true;
    }
}
