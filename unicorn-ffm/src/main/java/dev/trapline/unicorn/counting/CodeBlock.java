package dev.trapline.unicorn.counting;

import dev.trapline.board.cpu.SystemRegister;
import dev.trapline.unicorn.translation.Translations;
import java.util.Arrays;

/// A translated block of code, with the instructions from which it was translated.
final class CodeBlock {

    private static final int SYS_MASK = 0xfff8_0000;
    private static final int SYS = 0xd508_0000;
    private static final int MSR_TIMER_MASK = 0xffff_fe00;
    private static final int MSR_TIMER = 0xd51b_e200;
    /// With ERETAA and ERETAB.
    private static final int ERET_MASK = 0xffff_f000;

    private static final int ERET = 0xd69f_0000;
    private static final int MSR_DAIF_MASK = 0xffff_ffe0;
    private static final int MSR_DAIF = 0xd51b_4220;
    private static final int MSR_DAIF_CLEAR_MASK = 0xffff_f0ff;
    private static final int MSR_DAIF_CLEAR = 0xd503_40ff;
    /// Unconditional branches (immediate), compare and branch, test and branch.
    private static final int BRANCH_MASK = 0x7c00_0000;
    private static final int BRANCH = 0x1400_0000;
    private static final int TEST_BRANCH = 0x3400_0000;
    /// Conditional branches, exceptions, and branches to registers with ERET.
    private static final int CONDITION_MASK = 0xfe00_0000;
    private static final int CONDITION = 0x5400_0000;
    private static final int EXCEPTION_MASK = 0xff00_0000;
    private static final int EXCEPTION = 0xd400_0000;
    private static final int REGISTER_MASK = 0xfe00_0000;
    private static final int REGISTER = 0xd600_0000;
    private static final int INSTRUCTION_CACHE = 7;
    private static final int TRANSLATION = 8;

    private final long address;
    private final int flags;
    private final long host;
    private final int[] words;

    /// @param address virtual
    /// @param flags the CPU state for which it was translated
    /// @param host the address of its code in the host's memory; 0 if not known: it then runs one instruction at a
    ///     time
    /// @param words its code; not to be changed
    CodeBlock(long address, int flags, long host, int[] words) {
        this.address = address;
        this.flags = flags;
        this.host = host;
        this.words = words;
    }

    /// The key by which the library finds a block with a given number of instructions.
    record Cut(long address, int flags, long host, int length) {}

    long address() {
        return address;
    }

    /// The virtual address of an instruction.
    long address(int from) {
        return address + (long) from * Integer.BYTES;
    }

    int flags() {
        return flags;
    }

    long host() {
        return host;
    }

    /// A range of its instructions.
    int[] words(int from, int to) {
        return Arrays.copyOfRange(words, from, to);
    }

    /// The number of instructions.
    int length() {
        return words.length;
    }

    /// The index of the instruction at an address.
    int index(long at) {
        return (int) ((at - address) / Integer.BYTES);
    }

    /// Whether it can never run as a whole. A block without instructions can: it raises a pending Software Step
    /// exception.
    boolean isSpecial() {
        return words.length > 0 && (most(0, words.length) < words.length || isTranslation(words[0]));
    }

    /// Whether a pending interrupt may be taken after this block that was masked before it. The instructions that
    /// can unmask one end a block: ERET, and MSR to DAIF or DAIFClr.
    boolean mayUnmask() {
        return host == 0 || (words.length > 0 && unmasks(words[words.length - 1]));
    }

    private static boolean unmasks(int word) {
        return (word & ERET_MASK) == ERET
                || (word & MSR_DAIF_MASK) == MSR_DAIF
                || (word & MSR_DAIF_CLEAR_MASK) == MSR_DAIF_CLEAR;
    }

    /// Whether its last instruction is a branch, or causes an exception (DDI0487 §C4.1.86). All these end a block,
    /// so one is always the last.
    boolean branches() {
        return words.length > 0 && isBranch(words[words.length - 1]);
    }

    private static boolean isBranch(int word) {
        return (word & BRANCH_MASK) == BRANCH
                || (word & BRANCH_MASK) == TEST_BRANCH
                || (word & CONDITION_MASK) == CONDITION
                || (word & EXCEPTION_MASK) == EXCEPTION
                || (word & REGISTER_MASK) == REGISTER;
    }

    /// Whether it may count by itself, and never has to stop a run in another way than by its length.
    boolean isPlain() {
        return !isSpecial() && !mayUnmask();
    }

    /// How long a piece may be that begins at an instruction.
    ///
    /// When a hook on SYS or MSR stops a run, the run continues to the end of its block. So the block has to end at
    /// that instruction: an instruction cache operation, or a write of a timer's register. AT reads the guest's
    /// page tables, and its position in the block cannot be found out. So it runs alone.
    ///
    /// @param goal the intended end
    /// @return its maximum length, in instructions
    int most(int from, int goal) {
        if (host == 0) {
            return 1;
        }
        for (int k = from; k < goal; k++) {
            if (isInstructionCache(words[k]) || isTimerWrite(words[k])) {
                return k + 1 - from;
            }
            if (isTranslation(words[k])) {
                return Math.max(k - from, 1);
            }
        }
        return goal - from;
    }

    private static boolean isInstructionCache(int word) {
        int operation = (word >> 5) & 0x3fff;
        return (word & SYS_MASK) == SYS
                && SystemRegister.crn(operation) == INSTRUCTION_CACHE
                && Translations.concernsOthers(operation);
    }

    private static boolean isTranslation(int word) {
        int operation = (word >> 5) & 0x3fff;
        return (word & SYS_MASK) == SYS
                && SystemRegister.crn(operation) == INSTRUCTION_CACHE
                && SystemRegister.crm(operation) == TRANSLATION;
    }

    /// MSR to a register of the physical or the virtual timer: op0 3, op1 3, CRn 14, CRm 2 or 3.
    private static boolean isTimerWrite(int word) {
        return (word & MSR_TIMER_MASK) == MSR_TIMER;
    }

    Cut cut(int from, int length) {
        return new Cut(address(from), flags, code(from), length);
    }

    /// The address of an instruction in the host's memory.
    long code(int from) {
        return host + (long) from * Integer.BYTES;
    }
}
