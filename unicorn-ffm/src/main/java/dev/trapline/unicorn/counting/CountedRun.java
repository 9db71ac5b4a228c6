package dev.trapline.unicorn.counting;

import dev.trapline.abi.engine.CodeListener;
import dev.trapline.unicorn.ffi.GapStubs;
import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.slice.BlockRun;
import dev.trapline.unicorn.slice.EngineHooks;
import dev.trapline.unicorn.slice.Progress;

/// Runs an engine for an exact number of instructions, by counting blocks.
///
/// A run stops before the first block that is longer than the remaining budget. Of that block, a piece of the remaining
/// length runs. Instructions whose hooks stop a run are searched for in the code: such a block is cut after that
/// instruction.
///
/// Only a few accesses need the exact position of their instruction. An access to a gap ends the run in the middle of
/// its block, with the state before its instruction. The instruction is then run again, alone, so the access has the
/// same effects as if instructions were run one by one. For a store that read-only memory ignores, the position is
/// found immediately.
public final class CountedRun implements BlockRun {

    private final Unicorn engine;
    private final EngineHooks hooks;
    private final FastStores.Pages stores;
    private final BudgetData data;
    private final CodeBlocks blocks;
    private final RegisterBatch pc;
    private boolean begun;
    /// Whether this run ends after a block that may unmask an interrupt.
    private boolean endsUnmasked;
    /// Whether such a block has run.
    private boolean over;
    private long budget;
    private long left;
    /// How many instructions the library's current run was allowed.
    private long allowed;
    /// Whether the run is of one instruction.
    private boolean alone;
    /// Whether the last run ended before an instruction that has to run alone.
    private boolean again;
    /// Whether the run repeats that instruction.
    private boolean repeating;

    CountedRun(Unicorn engine, EngineHooks hooks, FastStores.Pages stores, BudgetData data, CodeBlocks blocks) {
        this.engine = engine;
        this.hooks = hooks;
        this.stores = stores;
        this.data = data;
        this.blocks = blocks;
        this.pc = engine.registers(UnicornConstants.UC_ARM64_REG_PC);
    }

    /// Tells a listener which code is reached. Called before the first run.
    public void reportTo(CodeListener listener) {
        blocks.reportTo(listener);
    }

    /// Runs guest code, as [Unicorn#start] does with a count.
    ///
    /// @param masked whether the run also ends after a block that may unmask an interrupt
    public int run(long begin, long instructions, boolean masked) {
        budget = instructions;
        left = instructions;
        over = false;
        endsUnmasked = masked;
        data.stopBeforeUnmasking(masked);
        blocks.settle();
        int code = runBlocks(begin);
        while (goesOn(code) && (again || data.stopped())) {
            CodeBlock block = blocks.current();
            code = runPieces(block, again ? takeBack(block) : 0);
        }
        return code;
    }

    private boolean goesOn(int code) {
        return (again || (left > 0 && !over)) && mayGoOn(code);
    }

    private boolean mayGoOn(int code) {
        return code == UnicornConstants.UC_ERR_OK && !hooks.ended();
    }

    /// Runs whole blocks, as many as the budget allows. An engine's first block is translated without a report, so
    /// it is examined before it runs. A fetch that fails translates nothing.
    private int runBlocks(long at) {
        long most = begun ? left : 0;
        data.begin(most);
        int code = start(at, most);
        begun |= data.stopped();
        return code;
    }

    private int start(long at, long most) {
        stores.beginRun();
        again = false;
        allowed = most;
        int code = engine.start(at, 0);
        left -= allowed - data.left();
        allowed = 0;
        return again ? UnicornConstants.UC_ERR_OK : code;
    }

    /// Corrects the count after a run ended in the middle of a block: the rest of the block has not run.
    ///
    /// @return the index of the next instruction
    private int takeBack(CodeBlock block) {
        int next = block.index(address());
        left += block.length() - next;
        return next;
    }

    private long address() {
        pc.read();
        return pc.get(0, 0);
    }

    /// Runs a block in pieces, and, if its last piece may run to the end, the blocks after it. All pieces are
    /// translated from the same instructions as the block, which may overwrite itself.
    ///
    /// @param first the index of the first instruction to run; it runs alone if it is repeated
    private int runPieces(CodeBlock block, int first) {
        int goal = (int) Math.min(first + left, block.length());
        int from = first;
        boolean last = endsUnmasked && block.mayUnmask();
        int code = UnicornConstants.UC_ERR_OK;
        while (from < goal && goesOn(code)) {
            int length = again ? 1 : block.most(from, goal);
            blocks.prepareCut(block, from, length);
            if (length > 1 && from + length == block.length() && !last) {
                return runEnd(block, from);
            }
            code = runPiece(block, from, length);
            from += length;
            if (again) {
                int next = block.index(address());
                left += from - next;
                from = next;
            }
        }
        over = last && from == block.length();
        // After a block, the library fetches the next one, even if none of it may run: the fetch may fail.
        return from == block.length() && !last && mayGoOn(code) ? runBlocks(address()) : code;
    }

    /// Runs a piece, and nothing after it.
    private int runPiece(CodeBlock block, int from, int length) {
        alone = length == 1;
        repeating = again;
        data.beginCut(length);
        int code = start(block.address(from), length);
        data.endCut();
        alone = false;
        repeating = false;
        return code;
    }

    /// Runs a block from an instruction to its end, and the blocks after it.
    private int runEnd(CodeBlock block, int from) {
        data.beginCut(block.length() - from, left);
        int code = start(block.address(from), left);
        data.endCut();
        return code;
    }

    @Override
    public boolean repeatsNothing() {
        if (alone || isFetching()) {
            return false;
        }
        if (!stores.isFilling()) {
            data.leave();
        }
        again = true;
        engine.stop();
        return true;
    }

    @Override
    public boolean isFetching() {
        return stores.isFilling() ? stores.isFetching() : data.isFetching();
    }

    /// How many instructions the run completed. If it ended in the middle of a block, the instructions of that
    /// block up to there count.
    ///
    /// @param pc the next instruction of the guest
    public long completed(Progress.End end, long pc) {
        return switch (end) {
            case BUDGET, BEFORE -> budget - left;
            case BEHIND, AT -> inBlock(budget - left, pc);
        };
    }

    @Override
    public long before(long pc) {
        return inBlock(budget - left + allowed - data.left(), pc);
    }

    /// @param all the number of instructions, including the whole block that runs or ran last
    private long inBlock(long all, long pc) {
        return all - data.length() + (pc - data.block()) / Integer.BYTES;
    }

    @Override
    public void askForStore() {
        stores.ask();
    }

    @Override
    public boolean isRepeating() {
        return again;
    }

    @Override
    public boolean isBehindDevices() {
        return repeating;
    }

    /// Stubs that answer as `stubs` do, but may also end a run in the middle of a block.
    public GapStubs wrap(GapStubs stubs) {
        return data.wrap(stubs);
    }

    /// How many blocks count by themselves.
    public int countingBlocks() {
        return data.nextNumber() - 1;
    }

    /// Whether a piece of a block is being translated.
    public boolean isTranslatingPiece() {
        return data.expectsCut();
    }
}
