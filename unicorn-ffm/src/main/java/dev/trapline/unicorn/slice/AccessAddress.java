package dev.trapline.unicorn.slice;

import dev.trapline.abi.exit.GeneralRegisters;

/// The virtual address at which an A64 instruction begins to access memory (DDI0487 §C4.1.4, "Loads and Stores").
final class AccessAddress {

    private static final int ZERO_REGISTER = 31;

    private AccessAddress() {}

    /// The first address that an instruction accesses.
    ///
    /// @param word a load, a store, or DC ZVA
    /// @param registers before the instruction
    static long of(int word, long[] registers) {
        if ((word & 0xffff_ffe0) == 0xd50b_7420) {
            // DC ZVA, Xt.
            return general(word & 0x1f, registers);
        }
        long base = base(word, registers);
        if (isLiteral(word)) {
            return registers[GeneralRegisters.PC] + (signed(word >>> 5, 19) << 2);
        }
        if (isPair(word)) {
            return base + (isPostIndexedPair(word) ? 0 : signed(word >>> 15, 7) << pairScale(word));
        }
        if (isRegister(word)) {
            return single(word, base, registers);
        }
        // Exclusive, ordered, compare-and-swap, and structures of SIMD registers have no offset.
        return isUnscaledOrdered(word) ? base + signed(word >>> 12, 9) : base;
    }

    private static long base(int word, long[] registers) {
        int n = word >>> 5 & 0x1f;
        return n == ZERO_REGISTER ? registers[GeneralRegisters.SP] : registers[n];
    }

    private static long general(int n, long[] registers) {
        return n == ZERO_REGISTER ? 0 : registers[n];
    }

    /// LDR (literal): bits 29:27 are 011, bits 25:24 are 00.
    private static boolean isLiteral(int word) {
        return (word & 0x3b00_0000) == 0x1800_0000;
    }

    /// LDAPUR, STLUR: like literals, but with bit 24 set, and bits 21 and 11:10 clear.
    private static boolean isUnscaledOrdered(int word) {
        return (word & 0x3f20_0c00) == 0x1900_0000;
    }

    /// LDP, STP, LDNP, STNP: bits 29:27 are 101.
    private static boolean isPair(int word) {
        return (word & 0x3800_0000) == 0x2800_0000 && (word & 1 << 25) == 0;
    }

    private static boolean isPostIndexedPair(int word) {
        return (word >>> 23 & 3) == 1;
    }

    private static int pairScale(int word) {
        boolean simd = (word & 1 << 26) != 0;
        int opc = word >>> 30;
        return simd ? 2 + opc : 2 + (opc >>> 1);
    }

    /// Loads and stores of one register: bits 29:27 are 111.
    private static boolean isRegister(int word) {
        return (word & 0x3800_0000) == 0x3800_0000;
    }

    private static long single(int word, long base, long[] registers) {
        if ((word & 1 << 24) != 0) {
            return base + ((long) (word >>> 10 & 0xfff) << scale(word));
        }
        if ((word & 1 << 21) != 0) {
            // With bits 11:10 clear, an atomic operation; with 10, a register offset.
            return (word >>> 10 & 3) == 2 ? base + offset(word, registers) : base;
        }
        boolean postIndexed = (word >>> 10 & 3) == 1;
        return postIndexed ? base : base + signed(word >>> 12, 9);
    }

    private static int scale(int word) {
        boolean quad = (word & 1 << 26) != 0 && (word & 1 << 23) != 0;
        return quad ? 4 : word >>> 30;
    }

    private static long offset(int word, long[] registers) {
        long value = general(word >>> 16 & 0x1f, registers);
        int shift = (word & 1 << 12) != 0 ? scale(word) : 0;
        return switch (word >>> 13 & 7) {
            // UXTW and SXTW.
            case 2 -> (value & 0xffff_ffffL) << shift;
            case 6 -> (long) (int) value << shift;
            default -> value << shift;
        };
    }

    private static long signed(int field, int bits) {
        return (long) (field << (Integer.SIZE - bits)) >> (Integer.SIZE - bits);
    }
}
