package dev.trapline.unicorn.a32;

import dev.trapline.abi.exit.GeneralRegisters;
import java.util.function.LongToIntFunction;

/// The virtual address of an access of an AArch32 CPU that nobody answered (DDI0406 A5.3, A5.5, A6.3.5 to A6.3.10).
///
/// Only the physical address is known. It has the same offset in its page; the page is that of the address at which the
/// instruction begins to access memory, or the next one. Accesses to coprocessor and SIMD registers, and table
/// branches, are treated as if they had no offset: for them, the page can be wrong.
public final class Aarch32Access {

    private static final long PAGE = 0xfff;
    private static final long WORD = 0xffff_ffffL;
    private static final int THUMB = 1 << 5;
    private static final int PC_NUMBER = 15;

    private Aarch32Access() {}

    /// The virtual address that a load or store accessed.
    ///
    /// @param physical the physical one
    /// @param registers before the instruction
    /// @param word reads an A32 instruction
    /// @param halves reads a T32 instruction: its first halfword in the high half of the word, if it has two
    public static long address(long physical, long[] registers, LongToIntFunction word, LongToIntFunction halves) {
        long pc = registers[GeneralRegisters.PC];
        boolean thumb = (registers[GeneralRegisters.PSTATE] & THUMB) != 0;
        long first = thumb ? thumb(halves.applyAsInt(pc), registers) : a32(word.applyAsInt(pc), registers);
        return (first + ((physical - first) & PAGE)) & WORD;
    }

    /// The first address that an A32 instruction accesses.
    static long a32(int word, long[] registers) {
        long base = register(word >>> 16 & 0xf, registers, 8);
        boolean pre = (word & 1 << 24) != 0;
        boolean up = (word & 1 << 23) != 0;
        return switch (word >>> 25 & 7) {
            case 0 -> {
                // Halfwords, signed bytes and doublewords; exclusive and swap have no offset.
                boolean plain = (word >>> 5 & 3) == 0;
                boolean immediate = (word & 1 << 22) != 0;
                long offset = immediate ? (word >>> 4 & 0xf0) | (word & 0xf) : register(word & 0xf, registers, 8);
                yield pre && !plain ? moved(base, offset, up) : base;
            }
            case 2 -> pre ? moved(base, word & 0xfff, up) : base;
            case 3 -> pre ? moved(base, shifted(word, registers), up) : base;
            case 4 -> {
                long count = Integer.bitCount(word & 0xffff) * 4L;
                long lowest = up ? base : base - count;
                // Increment before and decrement after leave out the word at the base.
                yield pre == up ? lowest + 4 : lowest;
            }
            case 6 -> pre ? moved(base, (word & 0xffL) << 2, up) : base;
            default -> base;
        };
    }

    private static long moved(long base, long offset, boolean up) {
        return up ? base + offset : base - offset;
    }

    private static long shifted(int word, long[] registers) {
        int value = (int) register(word & 0xf, registers, 8);
        int amount = word >>> 7 & 0x1f;
        boolean carry = (registers[GeneralRegisters.PSTATE] & 1 << 29) != 0;
        int offset = switch (word >>> 5 & 3) {
            case 0 -> value << amount;
            case 1 -> amount == 0 ? 0 : value >>> amount;
            case 2 -> value >> (amount == 0 ? 31 : amount);
            default -> amount == 0 ? value >>> 1 | (carry ? 1 << 31 : 0) : Integer.rotateRight(value, amount);
        };
        return offset & WORD;
    }

    /// The first address that a T32 instruction accesses.
    static long thumb(int instruction, long[] registers) {
        return instruction >>> 16 == 0 ? narrow(instruction, registers) : wide(instruction, registers);
    }

    private static long narrow(int half, long[] registers) {
        long base = registers[half >>> 3 & 7];
        int five = half >>> 6 & 0x1f;
        return switch (half >>> 12) {
            case 4 -> (register(PC_NUMBER, registers, 4) & ~3L) + ((half & 0xff) << 2);
            case 5 -> base + registers[half >>> 6 & 7];
            case 6 -> base + (five << 2);
            case 7 -> base + five;
            case 8 -> base + (five << 1);
            case 9 -> registers[13] + ((half & 0xff) << 2);
            // PUSH; POP begins at SP.
            case 11 -> registers[13] - ((half & 1 << 11) != 0 ? 0 : Integer.bitCount(half & 0x1ff) * 4L);
            default -> registers[half >>> 8 & 7];
        };
    }

    private static long wide(int word, long[] registers) {
        int n = word >>> 16 & 0xf;
        long base = n == PC_NUMBER ? register(n, registers, 4) & ~3L : registers[n];
        int first = word >>> 16;
        if ((first & 0xfe40) == 0xe800) {
            // Multiple: only the one that decrements before has an offset.
            return (first & 1 << 8) != 0 ? base - Integer.bitCount(word & 0xffff) * 4L : base;
        }
        if ((first & 0xfe40) == 0xe840) {
            boolean pre = (first & 1 << 8) != 0;
            boolean dual = pre || (first & 1 << 5) != 0;
            boolean exclusive = (first & 0xfff0) == 0xe840 || (first & 0xfff0) == 0xe850;
            long offset = (word & 0xffL) << 2;
            return exclusive ? base + offset : dual && pre ? moved(base, offset, (first & 1 << 7) != 0) : base;
        }
        if ((first & 1 << 7) != 0 || n == PC_NUMBER) {
            return moved(base, word & 0xfff, n != PC_NUMBER || (first & 1 << 7) != 0);
        }
        if ((word & 1 << 11) == 0) {
            return base + ((registers[word & 0xf] << (word >>> 4 & 3)) & WORD);
        }
        boolean pre = (word & 1 << 10) != 0;
        return pre ? moved(base, word & 0xff, (word & 1 << 9) != 0) : base;
    }

    private static long register(int n, long[] registers, int ahead) {
        return n == PC_NUMBER ? registers[GeneralRegisters.PC] + ahead : registers[n];
    }
}
