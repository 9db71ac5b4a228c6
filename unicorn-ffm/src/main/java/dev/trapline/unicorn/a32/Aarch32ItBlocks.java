package dev.trapline.unicorn.a32;

import dev.trapline.unicorn.layout.ItState;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongToIntFunction;

/// The IT blocks of T32 code. At the end of a translated block, the library stops in them with a PC that may be that of
/// an instruction that it has executed.
final class Aarch32ItBlocks {

    private static final int WIDE = 4;

    private final LongToIntFunction halfword;
    /// Each instruction in an IT block at the end of a block of code, by its address.
    private final TreeMap<Long, Conditional> conditional = new TreeMap<>();

    /// The addresses of all instructions in IT blocks.
    private final TreeSet<Long> inside = new TreeSet<>();

    /// An instruction in an IT block.
    ///
    /// @param left how many instructions of the IT block remain, including this one
    /// @param end the end of its block of code
    private record Conditional(int left, long end) {}

    /// @param halfword reads code by virtual address; 0 if there is none
    Aarch32ItBlocks(LongToIntFunction halfword) {
        this.halfword = halfword;
    }

    /// Forgets what was known about a range, which is translated again.
    void forget(long from, long to) {
        conditional.subMap(from, to).clear();
        inside.subSet(from, to).clear();
    }

    /// Records the instructions of an IT block if no other instruction follows them in their block of code. An IT
    /// instruction within an IT block, which is UNPREDICTABLE, begins a new IT block, as in the library.
    ///
    /// @return the address of the next instruction to examine
    long look(long from, int instructions, long to) {
        long end = from;
        for (int left = instructions; left > 0 && end < to; left--) {
            if (Aarch32Code.itLength(halfword.applyAsInt(end)) > 0) {
                return end;
            }
            inside.add(end);
            end = skip(end, 1);
        }
        if (end >= to) {
            int left = instructions;
            for (long at = from; at < to; at = skip(at, 1)) {
                conditional.put(at, new Conditional(left--, to));
            }
        }
        return end;
    }

    /// Whether an instruction is in an IT block, where the library cannot stop.
    boolean contains(long address) {
        return inside.contains(address);
    }

    /// The PC after a stop. The IT state is always that of the next instruction, so it shows whether the PC is,
    /// too.
    ///
    /// @param pc as the library has it
    /// @param pstate with the IT state
    long corrected(long pc, long pstate) {
        Conditional at = conditional.get(pc);
        if (at == null || ItState.remaining(pstate) == at.left()) {
            return pc;
        }
        long target = Aarch32Code.branchTarget(thumb(pc), pc);
        return target < 0 ? at.end() : target;
    }

    /// A halfword of code.
    int halfword(long address) {
        return halfword.applyAsInt(address);
    }

    /// A T32 instruction: its first halfword in the high half of the word, if it has two.
    int thumb(long address) {
        int first = halfword.applyAsInt(address);
        return Aarch32Code.isWideThumb(first) ? first << 16 | halfword.applyAsInt(address + 2) : first;
    }

    /// The address after a number of instructions.
    long skip(long from, int instructions) {
        long at = from;
        for (int left = instructions; left > 0; left--) {
            at += Aarch32Code.isWideThumb(halfword.applyAsInt(at)) ? WIDE : 2;
        }
        return at;
    }
}
