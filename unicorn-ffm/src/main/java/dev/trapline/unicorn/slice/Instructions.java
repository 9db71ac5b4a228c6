package dev.trapline.unicorn.slice;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.engine.MemoryMap;

/// Reads instruction words from memory, by physical address, and knows the few encodings that the engine needs.
public final class Instructions {

    /// Bytes of HVC and SMC, in every instruction set.
    public static final int WIDTH = 4;

    /// DDI0487 C4.1: exception generation, without imm16 and the two bits that distinguish HVC (2) from SMC (3).
    private static final int EXCEPTION_MASK = 0xffe0_001f;

    private static final int A64_HVC = 0xd400_0002;
    private static final int A64_SMC = 0xd400_0003;

    private final MemoryMap.Memory[] blocks;

    public Instructions(MemoryMap memory) {
        this.blocks = memory.regions().stream()
                .filter(MemoryMap.Memory.class::isInstance)
                .map(MemoryMap.Memory.class::cast)
                .toArray(MemoryMap.Memory[]::new);
    }

    /// The word at an address; 0, which is not an instruction, if there is no memory.
    public int at(long address) {
        for (MemoryMap.Memory block : blocks) {
            long offset = address - block.base();
            if (offset >= 0 && offset <= block.size() - WIDTH) {
                return block.bytes().get(JAVA_INT_UNALIGNED, offset);
            }
        }
        return 0;
    }

    /// The halfword at an address; 0 if there is no memory.
    public int halfword(long address) {
        for (MemoryMap.Memory block : blocks) {
            long offset = address - block.base();
            if (offset >= 0 && offset <= block.size() - Short.BYTES) {
                return block.bytes().get(JAVA_SHORT_UNALIGNED, offset) & 0xffff;
            }
        }
        return 0;
    }

    /// Whether there is memory at an address.
    public boolean isMemory(long address) {
        for (MemoryMap.Memory block : blocks) {
            long offset = address - block.base();
            if (offset >= 0 && offset < block.size()) {
                return true;
            }
        }
        return false;
    }

    static boolean isHypercall(int word, Conduit conduit) {
        return (word & EXCEPTION_MASK) == (conduit == Conduit.HVC ? A64_HVC : A64_SMC);
    }

    static int immediateA64(int word) {
        return (word >>> 5) & 0xffff;
    }

    /// imm4: bits 3..0 of an A32 SMC; in a T32 SMC, bits 3..0 of its first halfword.
    public static int immediateAarch32Smc(int word) {
        return word & 0xf;
    }
}
