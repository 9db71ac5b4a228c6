package dev.trapline.unicorn.a32;

import dev.trapline.unicorn.layout.ItState;
import dev.trapline.unicorn.slice.Instructions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Finds the instructions in a block of AArch32 code that [Aarch32Watch] has to watch.
final class Aarch32Search {

    /// No address of an instruction.
    static final long NOWHERE = -1;

    private static final long THUMB = 1 << 5;

    private final Aarch32Memory memory;
    private final Aarch32ItBlocks itBlocks;
    private final boolean failedCalls;
    private final boolean trapped;
    private final List<Long> found = new ArrayList<>();
    private final List<Long> times = new ArrayList<>();
    /// Whether the code that is examined is for PL0 of a CPU on which accesses to time trap there.
    private boolean untimed;

    /// @param failedCalls whether SMCs that fail their condition check are watched
    /// @param trapped whether the CPU is wired: accesses to time trap at PL0, and are made undefined instructions
    ///     at PL1
    Aarch32Search(Aarch32Memory memory, Aarch32ItBlocks itBlocks, boolean failedCalls, boolean trapped) {
        this.memory = memory;
        this.itBlocks = itBlocks;
        this.failedCalls = failedCalls;
        this.trapped = trapped;
    }

    /// The addresses of the instructions that need a hook.
    List<Long> found() {
        return found;
    }

    /// The addresses of the accesses to time that are to be undefined instructions.
    List<Long> times() {
        return times;
    }

    /// Whether nothing was found.
    boolean isEmpty() {
        return found.isEmpty() && times.isEmpty();
    }

    /// Forgets what was found.
    void clear() {
        found.clear();
        times.clear();
    }

    /// Finds the instructions in a range that have to be watched.
    ///
    /// @param pstate at the first of them
    /// @param pl0 whether the code is executed at PL0
    void look(long from, long to, long pstate, boolean pl0) {
        clear();
        untimed = trapped && pl0;
        if ((pstate & THUMB) == 0) {
            for (long at = from; at < to; at += Instructions.WIDTH) {
                int word = memory.word(at);
                if (isWatchedTime(word)) {
                    addTime(at);
                } else if (failedCalls && Aarch32Code.isConditionalSmc(word)) {
                    found.add(at);
                    found.add(at + Instructions.WIDTH);
                }
            }
            return;
        }
        itBlocks.forget(from, to);
        long at = itBlocks.look(from, ItState.remaining(pstate), to);
        while (at < to) {
            at = lookThumb(at, to);
        }
    }

    /// @return the address of the next instruction to examine
    private long lookThumb(long at, long to) {
        int first = memory.halfword(at);
        int length = Aarch32Code.itLength(first);
        if (length > 0) {
            long call = failedCalls ? afterSmc(at + 2, length) : NOWHERE;
            if (trapped) {
                findTimes(at + 2, length);
            }
            if (call != NOWHERE || (!trapped && hasTimeAccess(at + 2, length))) {
                found.add(at);
            }
            if (call != NOWHERE) {
                found.add(call);
            }
            return itBlocks.look(at + 2, length, to);
        }
        if (Aarch32Code.isWideThumb(first) && isWatchedTime(memory.wideThumb(at))) {
            addTime(at);
        }
        return itBlocks.skip(at, 1);
    }

    private void addTime(long address) {
        (trapped ? times : found).add(address);
    }

    private void findTimes(long from, int instructions) {
        for (int k = 0; k < instructions; k++) {
            long at = itBlocks.skip(from, k);
            if (isWatchedTime(memory.thumb(at))) {
                times.add(at);
            }
        }
    }

    private boolean isWatchedTime(int instruction) {
        return !untimed && Aarch32Code.isTimeAccess(instruction);
    }

    /// Whether one of some instructions of an IT block accesses time.
    boolean hasTimeAccess(long from, int instructions) {
        return IntStream.range(0, instructions).anyMatch(k -> isWatchedTime(memory.thumb(itBlocks.skip(from, k))));
    }

    /// The address after a number of instructions, if the last of them is an SMC; otherwise [#NOWHERE].
    long afterSmc(long from, int instructions) {
        if (instructions == 0) {
            return NOWHERE;
        }
        long last = itBlocks.skip(from, instructions - 1);
        return Aarch32Code.isT32Smc(memory.thumb(last)) ? last + Instructions.WIDTH : NOWHERE;
    }
}
