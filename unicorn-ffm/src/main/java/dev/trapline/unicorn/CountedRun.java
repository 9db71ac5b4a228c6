package dev.trapline.unicorn;

/// Runs an engine for exactly so many instructions, by counting blocks.
///
/// A run stops before the first block that is longer than what is left. That block then runs cut to what is left. What
/// a hook on an instruction stops is looked for in the code: such a block is cut behind that instruction.
///
/// Where an instruction is matters only to few accesses. One that finds nothing ends the run in the middle of its
/// block, with the state that its instruction began with. The instruction is then run once more, alone: what the access
/// does then, it does as if instructions were run one by one. For a store that read-only memory ignores the place is
/// found on the spot.
final class CountedRun {

    private final Unicorn engine;
    private final EngineHooks hooks;
    private final FastStores.Pages stores;
    private final BudgetData data;
    private final CodeBlocks blocks;
    private final RegisterBatch pc;
    private boolean begun;
    private long budget;
    private long left;
    /// How many instructions the library's current run was allowed.
    private long allowed;
    /// What runs is one instruction.
    private boolean alone;
    /// What ran last ended before an instruction that has to run alone.
    private boolean again;
    /// What runs is that instruction.
    private boolean repeating;

    CountedRun(Unicorn engine, EngineHooks hooks, FastStores.Pages stores, BudgetData data, CodeBlocks blocks) {
        this.engine = engine;
        this.hooks = hooks;
        this.stores = stores;
        this.data = data;
        this.blocks = blocks;
        this.pc = engine.registers(UnicornConstants.UC_ARM64_REG_PC);
    }

    /// Runs guest code, as [Unicorn#start] does with a count.
    int run(long begin, long instructions) {
        budget = instructions;
        left = instructions;
        blocks.settle();
        int code = runBlocks(begin);
        while (goesOn(code) && (again || data.stopped())) {
            CodeBlock block = blocks.current();
            code = runPieces(block, again ? takeBack(block) : 0);
        }
        return code;
    }

    private boolean goesOn(int code) {
        return (again || left > 0) && mayGoOn(code);
    }

    private boolean mayGoOn(int code) {
        return code == UnicornConstants.UC_ERR_OK && !hooks.ended();
    }

    /// Runs what may run of all blocks. An engine's first is translated without a report: it is looked at before it
    /// runs. A fetch that fails translates nothing.
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

    /// A block was left in its middle: what follows has not run.
    ///
    /// @return the instruction that is next
    private int takeBack(CodeBlock block) {
        int next = block.index(address());
        left += block.length() - next;
        return next;
    }

    private long address() {
        pc.read();
        return pc.get(0, 0);
    }

    /// Runs a block in the pieces that it must be run in, and where all of it may run, what follows. All pieces are
    /// as old as the block: it may overwrite itself.
    ///
    /// @param first its first instruction that is to run; alone if it has to run again
    private int runPieces(CodeBlock block, int first) {
        int goal = (int) Math.min(first + left, block.length());
        int from = first;
        int code = UnicornConstants.UC_ERR_OK;
        while (from < goal && goesOn(code)) {
            int length = again ? 1 : block.most(from, goal);
            blocks.prepareCut(block, from, length);
            if (length > 1 && from + length == block.length()) {
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
        // Behind a block the library looks at the next one, also where nothing of it may run: it may not be there.
        return from == block.length() && mayGoOn(code) ? runBlocks(address()) : code;
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

    /// Runs a block from an instruction to its end, and what follows.
    private int runEnd(CodeBlock block, int from) {
        data.beginCut(block.length() - from, left);
        int code = start(block.address(from), left);
        data.endCut();
        return code;
    }

    /// An access finds nothing behind its address.
    ///
    /// @return whether its instruction is run once more, and it is to be forgotten
    boolean repeatsNothing() {
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

    /// Code is fetched between two blocks, when all that ran before is done.
    boolean isFetching() {
        return stores.isFilling() ? stores.isFetching() : data.isFetching();
    }

    /// How many instructions the run completed. The block that it was left in counts as done until here.
    ///
    /// @param pc where the guest goes on
    long completed(Progress.End end, long pc) {
        return switch (end) {
            case BUDGET, BEFORE -> budget - left;
            case BEHIND, AT -> inBlock(budget - left, pc);
        };
    }

    /// How many instructions the run has completed before one that a hook was called for.
    ///
    /// @param pc that instruction's
    long before(long pc) {
        return inBlock(budget - left + allowed - data.left(), pc);
    }

    /// @param all instructions, with all of the block that runs or ran last
    private long inBlock(long all, long pc) {
        return all - data.length() + (pc - data.block()) / Integer.BYTES;
    }

    /// A store reaches memory that ignores it: asks for its instruction.
    void askForStore() {
        stores.ask();
    }

    /// Whether what runs ends before an instruction that is run once more.
    boolean isRepeating() {
        return again;
    }

    /// Whether the instruction that runs was left where it found nothing: what it did to devices before is done.
    boolean isBehindDevices() {
        return repeating;
    }

    /// What may end a run in the middle of a block, where `stubs` only answer.
    GapStubs wrap(GapStubs stubs) {
        return data.wrap(stubs);
    }

    /// How many blocks count by themselves.
    int countingBlocks() {
        return data.nextNumber() - 1;
    }

    /// Whether what is being translated is a piece of a block.
    boolean isTranslatingPiece() {
        return data.expectsCut();
    }
}
