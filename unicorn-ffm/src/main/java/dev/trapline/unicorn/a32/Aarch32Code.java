package dev.trapline.unicorn.a32;

import dev.trapline.board.cpu.SystemRegister;
import dev.trapline.unicorn.layout.ItState;

/// The AArch32 instructions that the engine has to see but for which the library has no hook (DDI0406 A8, DDI0487 F5).
/// A 32-bit T32 instruction has its first halfword in the high half of the word.
public final class Aarch32Code {

    private static final int SMC_MASK = 0x0fff_fff0;
    private static final int SMC = 0x0160_0070;
    private static final int T32_SMC_MASK = 0xfff0_ffff;
    private static final int T32_SMC = 0xf7f0_8000;
    private static final int ALWAYS = 14;
    private static final int UNCONDITIONAL = 15;

    private static final int NARROW_MASK = 0x0f00_0f10;
    private static final int NARROW = 0x0e00_0f10;
    private static final int WIDE_MASK = 0x0fe0_0f00;
    private static final int WIDE = 0x0c40_0f00;
    private static final int MONITORS = 9;
    private static final int TIMERS = 14;
    private static final int FIRST_MONITOR = 12;

    /// YIELD is hint 1, WFE is hint 2.
    private static final int HINT_MASK = 0x0fff_ffff;

    private static final int YIELD = 0x0320_f001;
    private static final int WFE = 0x0320_f002;
    private static final int T32_YIELD = 0xbf10;
    private static final int T32_WFE = 0xbf20;
    private static final int T32_WIDE_YIELD = 0xf3af_8001;
    private static final int T32_WIDE_WFE = 0xf3af_8002;

    private static final long ADDRESS = 0xffff_ffffL;
    private static final int N = 3;
    private static final int Z = 2;
    private static final int C = 1;
    private static final int V = 0;

    private Aarch32Code() {}

    /// Whether an instruction is an A32 SMC whose condition check can fail.
    static boolean isConditionalSmc(int word) {
        return (word & SMC_MASK) == SMC && word >>> 28 < ALWAYS;
    }

    /// Whether an instruction is a hint at which the library stops: YIELD or WFE, in A32, with any condition.
    static boolean isStoppingHint(int word) {
        int hint = word & HINT_MASK;
        return word >>> 28 < UNCONDITIONAL && (hint == YIELD || hint == WFE);
    }

    /// Whether a halfword is such a hint in T32, with 16 bits.
    static boolean isStoppingNarrowHint(int halfword) {
        return halfword == T32_YIELD || halfword == T32_WFE;
    }

    /// Whether an instruction is such a hint in T32, with 32 bits.
    static boolean isStoppingWideHint(int instruction) {
        return instruction == T32_WIDE_YIELD || instruction == T32_WIDE_WFE;
    }

    static boolean isT32Smc(int instruction) {
        return (instruction & T32_SMC_MASK) == T32_SMC;
    }

    /// Whether an instruction is an MRC, MCR, MRRC or MCRR of the generic timer or of the performance monitors. The
    /// encodings of A32 and T32 are the same except for the condition, which is "always" in T32.
    static boolean isTimeAccess(int word) {
        if (word >>> 28 == UNCONDITIONAL) {
            return false;
        }
        if ((word & WIDE_MASK) == WIDE) {
            return crm(word) == TIMERS || crm(word) == MONITORS;
        }
        int crn = word >>> 16 & 0xf;
        return (word & NARROW_MASK) == NARROW && (crn == TIMERS || (crn == MONITORS && crm(word) >= FIRST_MONITOR));
    }

    /// Whether it moves two registers (MRRC, MCRR).
    static boolean isWide(int word) {
        return (word & WIDE_MASK) == WIDE;
    }

    /// Whether it reads the coprocessor (MRC, MRRC).
    static boolean isRead(int word) {
        return (word >>> 20 & 1) != 0;
    }

    static int rt(int word) {
        return word >>> 12 & 0xf;
    }

    /// The second register of MRRC and MCRR.
    static int rt2(int word) {
        return word >>> 16 & 0xf;
    }

    /// The AArch64 register that corresponds to an access to coprocessor 15, packed as for
    /// [dev.trapline.unicorn.ffi.Hooks#readSystem]; if AArch64 has no such register, one that does not exist.
    static int systemRegister(int word) {
        int crm = crm(word);
        if (isWide(word)) {
            int opc1 = word >>> 4 & 0xf;
            if (crm == MONITORS) {
                return opc1 == 0 ? SystemRegister.of(3, 3, MONITORS, 13, 0) : NONE;
            }
            return switch (opc1) {
                case 0 -> SystemRegister.of(3, 3, TIMERS, 0, 1);
                case 1 -> SystemRegister.of(3, 3, TIMERS, 0, 2);
                case 2 -> SystemRegister.of(3, 3, TIMERS, 2, 2);
                case 3 -> SystemRegister.of(3, 3, TIMERS, 3, 2);
                default -> NONE;
            };
        }
        int opc1 = word >>> 21 & 7;
        int crn = word >>> 16 & 0xf;
        int opc2 = word >>> 5 & 7;
        if (opc1 != 0) {
            return NONE;
        }
        // CNTKCTL is a register of EL1; EL1 can give EL0 access to all the others.
        return SystemRegister.of(3, crn == TIMERS && crm == 1 ? 0 : 3, crn, crm, opc2);
    }

    /// No register: op0 is 0.
    static final int NONE = 0;

    /// Whether a condition holds.
    ///
    /// @param condition 0 to 15
    /// @param pstate NZCV in bits 31 to 28
    public static boolean holds(int condition, long pstate) {
        int flags = (int) (pstate >>> 28) & 0xf;
        boolean n = (flags >> N & 1) != 0;
        boolean z = (flags >> Z & 1) != 0;
        boolean c = (flags >> C & 1) != 0;
        boolean v = (flags >> V & 1) != 0;
        boolean base = switch (condition >> 1) {
            case 0 -> z;
            case 1 -> c;
            case 2 -> n;
            case 3 -> v;
            case 4 -> c && !z;
            case 5 -> n == v;
            case 6 -> n == v && !z;
            default -> true;
        };
        return condition >= ALWAYS || base == ((condition & 1) == 0);
    }

    /// Whether a T32 instruction has 32 bits.
    static boolean isWideThumb(int firstHalfword) {
        return firstHalfword >>> 11 >= 0x1d;
    }

    /// The target of a T32 branch with an immediate target that can be in an IT block: B, BL and BLX (DDI0406
    /// A8.8.18, A8.8.25). -1 if the instruction is not such a branch.
    static long branchTarget(int instruction, long address) {
        long from = address + 4;
        if ((instruction & 0xffff_f800) == 0xe000) {
            return (from + (instruction << 21 >> 20)) & ADDRESS;
        }
        int kind = instruction & 0xf800_d000;
        if (kind != 0xf000_9000 && kind != 0xf000_d000 && kind != 0xf000_c000) {
            return -1;
        }
        int sign = instruction >>> 26 & 1;
        int i1 = ((instruction >>> 13) & 1) ^ sign ^ 1;
        int i2 = ((instruction >>> 11) & 1) ^ sign ^ 1;
        int high = -sign << 24 | i1 << 23 | i2 << 22;
        int offset = high | (instruction >>> 16 & 0x3ff) << 12 | (instruction & 0x7ff) << 1;
        return ((kind == 0xf000_c000 ? from & ~3L : from) + offset) & ADDRESS;
    }

    /// How many instructions an IT makes conditional; 0 if the halfword is not an IT.
    static int itLength(int halfword) {
        return (halfword & 0xff00) == 0xbf00 ? ItState.remainingOfMask(halfword) : 0;
    }

    private static int crm(int word) {
        return word & 0xf;
    }
}
