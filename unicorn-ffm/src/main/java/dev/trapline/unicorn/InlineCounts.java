package dev.trapline.unicorn;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.trapline.abi.engine.EngineException;
import java.lang.foreign.MemorySegment;

/// The shortcut [Shortcut#INLINE] in one engine: a block that has called its hook once counts by itself from then on
/// ([CountingCall]). The translated code is changed while none of it runs, or behind the part that changes.
final class InlineCounts {

    private static final int SYSTEM = 0xd500_0000;
    private static final int SYSTEM_MASK = 0xffc0_0000;
    private static final int BRANCH = 0x1400_0000;
    private static final int BRANCH_MASK = 0x1c00_0000;

    // SAFETY: used only in the engine's translated code, around a call that was just made.
    @SuppressWarnings("restricted")
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private final BudgetData data;
    private final CountingCall call;
    /// What is looked at, over and over.
    private final byte[] around = new byte[CountingCall.BEFORE + CountingCall.AFTER];
    private boolean proven;

    /// @param low where the cells are
    /// @param proven whether this library's translated code is known to be writable
    InlineCounts(BudgetData data, long instance, MemorySegment low, boolean proven) {
        this.data = data;
        this.call = new CountingCall(instance, data.hook(), Math.toIntExact(low.address()));
        this.proven = proven;
    }

    /// A whole block that may run as such has called its hook.
    ///
    /// @param place where the hook returned to
    void count(long place, CodeBlock block) {
        if (!isWhole(block)) {
            return;
        }
        MemorySegment.copy(MEMORY, JAVA_BYTE, place - CountingCall.BEFORE, around, 0, around.length);
        byte[] code = call.inPlace(
                around, place, InlineCounts::read, block.address(), block.length(), data.nextNumber());
        if (code.length > 0) {
            long begin = place + CountingCall.AFTER - code.length;
            requireWritable(begin);
            MemorySegment.copy(code, 0, MEMORY, JAVA_BYTE, begin, code.length);
            data.countsByItself(block);
        }
    }

    /// The library cuts a block itself, where an instruction has overwritten the one that it is in: it then runs alone,
    /// in a block that is also found when that instruction is to be cut off. No branch does that.
    private static boolean isWhole(CodeBlock block) {
        int word = block.words(0, 1)[0];
        boolean branch = (word & BRANCH_MASK) == BRANCH && (word & SYSTEM_MASK) != SYSTEM;
        return block.length() > 1 || branch;
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
