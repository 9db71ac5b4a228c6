package dev.trapline.unicorn.a32;

import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.unicorn.ffi.Unicorn;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Lets the library translate a block of AArch32 code as if some of its instructions were undefined, so that each of
/// them ends in an exception. It costs nothing where other code runs, and works in an IT block, too.
///
/// The undefined instructions are in the guest's memory only while the library translates. The condition of an A32
/// instruction is kept (DDI0406 A5.4, A6.3.4).
final class Aarch32Substitute {

    /// UDF: A32 without its condition, and T32, first halfword in the low half.
    private static final int A32_UDF = 0x07f0_00f0;

    private static final int T32_UDF = 0xa000_f7f0;
    private static final int CONDITION = 0xf000_0000;
    private static final int HALF = 0xffff;

    /// What the library writes about a block: not needed.
    private static final int DESCRIPTION = 16;

    private final Unicorn engine;
    private final MemoryMap memory;
    private final Aarch32Memory guest;
    private final MemorySegment description;

    /// A halfword of the guest's memory.
    private record Half(MemorySegment bytes, long offset, short value) {
        void write(int other) {
            bytes.set(JAVA_SHORT_UNALIGNED, offset, (short) other);
        }

        void restore() {
            bytes.set(JAVA_SHORT_UNALIGNED, offset, value);
        }
    }

    Aarch32Substitute(Unicorn engine, MemoryMap memory, Aarch32Memory guest) {
        this.engine = engine;
        this.memory = memory;
        this.guest = guest;
        this.description = engine.arena().allocate(DESCRIPTION, Long.BYTES);
    }

    /// Translates a block again.
    ///
    /// @param addresses of the instructions of 32 bits that are to be undefined
    /// @return whether that was possible: false in memory that cannot be written
    boolean translate(long block, List<Long> addresses, boolean thumb) {
        List<Half> halves = new ArrayList<>();
        for (long address : addresses) {
            Half first = half(address);
            Half second = half(address + Short.BYTES);
            if (first == null || second == null) {
                return false;
            }
            halves.add(first);
            halves.add(second);
        }
        engine.removeCache(block, block + 1);
        for (int k = 0; k < halves.size(); k += 2) {
            int word = thumb ? T32_UDF : A32_UDF | (halves.get(k + 1).value() << Short.SIZE & CONDITION);
            halves.get(k).write(word & HALF);
            halves.get(k + 1).write(word >>> Short.SIZE);
        }
        try {
            engine.translate(block, description);
        } finally {
            halves.forEach(Half::restore);
        }
        return true;
    }

    private @Nullable Half half(long address) {
        long physical = guest.physical(address);
        MemoryMap.Memory block = physical < 0 ? null : memory.memoryAt(physical);
        if (block == null || block.bytes().isReadOnly()) {
            return null;
        }
        long offset = physical - block.base();
        return new Half(block.bytes(), offset, block.bytes().get(JAVA_SHORT_UNALIGNED, offset));
    }
}
