package dev.trapline.unicorn;

import dev.trapline.abi.engine.MemoryMap;
import java.lang.foreign.MemorySegment;

/// Runs an engine for exactly so many instructions, by counting blocks.
///
/// A run stops before the first block that is longer than what is left. That block then runs cut to what is left. What a
/// hook on an instruction stops is looked for in the code: such a block is cut behind that instruction.
final class CountedRun {

    private static final int PC = 0;

    private final Unicorn engine;
    private final EngineHooks hooks;
    private final FastStores.Pages stores;
    private final BudgetData data;
    private final CodeBlocks blocks;
    private final RegisterBatch pc;
    private final MemorySegment spare;
    private boolean begun;
    private long mapped = NOTHING;

    private static final long NOTHING = -1;

    CountedRun(
            Unicorn engine, EngineHooks hooks, FastStores.Pages stores, BudgetData data, CodeBlocks blocks) {
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
        long left = budget;
        long at = begin;
        while (true) {
            // An engine's first block is translated without a report: it is looked at before it runs.
            long allowed = begun ? left : 0;
            data.begin(allowed);
            int code = engine.start(at, 0);
            begun = true;
            left -= allowed - data.left();
            if (!data.stopped()) {
                return ended(code);
            }
            if (left == 0) {
                return code;
            }
            CodeBlocks.Block block = blocks.at(data.place(), data.block(), data.length());
            if (allowed == 0 && left >= data.length() && block.most() >= data.length()) {
                at = data.block();
                continue;
            }
            int length = (int) Math.min(Math.min(left, data.length()), block.most());
            length = blocks.prepareCut(block, length);
            data.beginCut(length);
            code = engine.start(data.block(), 0);
            data.endCut();
            left -= length - data.left();
            if (code != UnicornConstants.UC_ERR_OK || hooks.ended() || mapped != NOTHING || left == 0) {
                return ended(code);
            }
            pc.read();
            at = pc.get(PC, 0);
        }
    }

    /// An access was refused, which ends the run. Its instruction is known where the TLB is filled: the access is led
    /// there.
    ///
    /// @return whether it is
    boolean refuse(int access, long address) {
        boolean fetch = access == UnicornConstants.UC_MEM_FETCH_UNMAPPED || access == UnicornConstants.UC_MEM_FETCH_PROT;
        if (fetch || mapped != NOTHING) {
            return false;
        }
        mapped = address & -MemoryMap.PAGE;
        if (access == UnicornConstants.UC_MEM_WRITE_PROT) {
            mapped = 1;
        } else {
            engine.mapMemory(mapped, spare, UnicornConstants.UC_PROT_READ | UnicornConstants.UC_PROT_WRITE);
        }
        stores.refuseNext();
        engine.stop();
        return true;
    }

    private int ended(int code) {
        if (mapped == NOTHING) {
            return code;
        }
        if (mapped != 1) {
            engine.unmap(mapped, MemoryMap.PAGE);
        }
        mapped = NOTHING;
        stores.refuseNothing();
        return UnicornConstants.UC_ERR_READ_UNMAPPED;
    }
}
