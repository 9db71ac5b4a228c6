package dev.trapline.unicorn;

import dev.trapline.board.cpu.SystemRegister;
import java.util.Arrays;

/// A block of code that was translated, with what it was translated from.
final class CodeBlock {

    private static final int SYS_MASK = 0xfff8_0000;
    private static final int SYS = 0xd508_0000;
    private static final int INSTRUCTION_CACHE = 7;
    private static final int TRANSLATION = 8;

    private final long address;
    private final int flags;
    private final long host;
    private final int[] words;

    /// @param address virtual
    /// @param flags what it was translated for
    /// @param host where its code is in the host's memory; 0 if that is not known: it then runs an instruction at a
    ///     time
    /// @param words its code; not to be changed
    CodeBlock(long address, int flags, long host, int[] words) {
        this.address = address;
        this.flags = flags;
        this.host = host;
        this.words = words;
    }

    /// What the library finds a block of so many instructions by.
    record Cut(long address, int flags, long host, int length) {}

    long address() {
        return address;
    }

    /// Of an instruction, virtual.
    long address(int from) {
        return address + (long) from * Integer.BYTES;
    }

    int flags() {
        return flags;
    }

    long host() {
        return host;
    }

    /// Its code from an instruction to another.
    int[] words(int from, int to) {
        return Arrays.copyOfRange(words, from, to);
    }

    /// Instructions.
    int length() {
        return words.length;
    }

    /// The number of the instruction at an address.
    int index(long at) {
        return (int) ((at - address) / Integer.BYTES);
    }

    /// Whether it can never run as a whole. One without an instruction can: it raises a Software Step exception
    /// that is due.
    boolean isSpecial() {
        return words.length > 0 && (most(0, words.length) < words.length || isTranslation(words[0]));
    }

    /// Where a piece that begins at an instruction has to end, at the latest.
    ///
    /// What a hook on SYS stops goes on to the end of its block: the block has to end there. AT reads the guest's
    /// tables without a trace of where it is: it runs alone.
    ///
    /// @param goal where it is to end
    /// @return how long it may be
    int most(int from, int goal) {
        if (host == 0) {
            return 1;
        }
        for (int k = from; k < goal; k++) {
            if (isInstructionCache(words[k])) {
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

    Cut cut(int from, int length) {
        return new Cut(address(from), flags, code(from), length);
    }

    /// Where an instruction is in the host's memory.
    long code(int from) {
        return host + (long) from * Integer.BYTES;
    }
}
