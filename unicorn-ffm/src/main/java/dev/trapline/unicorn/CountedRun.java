package dev.trapline.unicorn;

import dev.trapline.abi.engine.MemoryMap;
import java.lang.foreign.MemorySegment;

/// Runs an engine for exactly so many instructions, by counting blocks.
///
/// A run stops before the first block that is longer than what is left. That block then runs cut to what is left. What
/// a hook on an instruction stops is looked for in the code: such a block is cut behind that instruction.
final class CountedRun {

    /// No address of a page.
    private static final long NOWHERE = -1;
    /// Bytes that DC ZVA zeroes.
    private static final long ZEROED = 64;

    private final Unicorn engine;
    private final EngineHooks hooks;
    private final FastStores.Pages stores;
    private final BudgetData data;
    private final CodeBlocks blocks;
    private final MemorySegment spare;
    private final RegisterBatch pc;
    private boolean begun;
    private long left;
    private boolean refusing;
    /// Where there is a page for the moment, since an access found nothing there.
    private long mapped = NOWHERE;

    CountedRun(Unicorn engine, EngineHooks hooks, FastStores.Pages stores, BudgetData data, CodeBlocks blocks) {
        this.engine = engine;
        this.hooks = hooks;
        this.stores = stores;
        this.data = data;
        this.blocks = blocks;
        this.pc = engine.registers(UnicornConstants.UC_ARM64_REG_PC);
        this.spare = engine.arena().allocate(MemoryMap.PAGE, MemoryMap.PAGE);
    }

    /// Runs guest code, as [Unicorn#start] does with a count.
    int run(long begin, long budget) {
        left = budget;
        int code = start(begin);
        while (data.stopped() && left > 0) {
            CodeBlock block = blocks.at(data.place(), data.block(), data.length());
            code = runPieces(block);
        }
        return ended(code);
    }

    /// Runs what may run of all blocks. An engine's first is translated without a report: it is looked at before it
    /// runs.
    private int start(long at) {
        long allowed = begun ? left : 0;
        begun = true;
        data.begin(allowed);
        int code = engine.start(at, 0);
        left -= allowed - data.left();
        return code;
    }

    /// Runs a block in the pieces that it must be run in, and where all of it may run, what follows. All pieces are
    /// as old as the block: it may overwrite itself.
    private int runPieces(CodeBlock block) {
        int goal = (int) Math.min(left, block.length());
        int from = 0;
        int code = UnicornConstants.UC_ERR_OK;
        while (from < goal) {
            int length = blocks.prepareCut(block, from, block.most(from, goal));
            boolean end = from + length == block.length();
            long allowed = end ? left : length;
            if (end) {
                data.beginCut(length, left);
            } else {
                data.beginCut(length);
            }
            code = engine.start(block.address() + (long) from * Integer.BYTES, 0);
            data.endCut();
            left -= allowed - data.left();
            from += length;
            if (end || data.stopped() || code != UnicornConstants.UC_ERR_OK || hooks.ended() || isRefusing()) {
                return code;
            }
        }
        return code;
    }

    /// An access was refused, which ends the run. Its instruction is known where the TLB is filled: the access is
    /// led there.
    ///
    /// @return whether it is
    boolean refuse(int access, long address) {
        boolean fetch =
                access == UnicornConstants.UC_MEM_FETCH_UNMAPPED || access == UnicornConstants.UC_MEM_FETCH_PROT;
        if (fetch || refusing) {
            return false;
        }
        refusing = true;
        if (access != UnicornConstants.UC_MEM_WRITE_PROT) {
            mapped = address & -MemoryMap.PAGE;
            engine.mapMemory(mapped, spare, UnicornConstants.UC_PROT_READ | UnicornConstants.UC_PROT_WRITE);
        }
        stores.refuseNext();
        engine.stop();
        return true;
    }

    /// Whether what is being translated is a piece of a block.
    boolean isTranslatingPiece() {
        return data.expectsCut();
    }

    /// Whether an access was refused in this run.
    boolean isRefusing() {
        return refusing;
    }

    private int ended(int code) {
        if (!refusing) {
            return code;
        }
        refusing = false;
        stores.refuseNothing();
        if (mapped != NOWHERE) {
            engine.unmap(mapped, MemoryMap.PAGE);
            mapped = NOWHERE;
        }
        pc.read();
        long at = pc.get(0, 0);
        if (blocks.isZeroing(data.place(), at)) {
            // The library itself makes all of its stores, and stops behind it.
            hooks.refused(hooks.invalidAccess(), hooks.invalidAddress() | (ZEROED - 1));
            pc.set(0, 0, at + Integer.BYTES);
            pc.write(1);
        }
        return UnicornConstants.UC_ERR_READ_UNMAPPED;
    }
}
