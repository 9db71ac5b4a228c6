package dev.trapline.unicorn;

import dev.trapline.abi.engine.EngineException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;

/// The shortcut [Shortcut#BUDGETS]: instructions are counted by a hook on blocks (`budgets.s`), where the library would
/// call a function for every instruction. It needs [FastStores], for the instruction that makes a refused access.
final class FastBudgets {

    private static final String CODE = "budgets";
    private static final String STOP = "uc_emu_stop";
    private static final String EXIT = "cpu_loop_exit_restore_aarch64";

    private final BudgetLayout layout;
    private final FastStores stores;
    private final SwitchLayout switches;
    private final byte[] code;
    private final long stop;
    private final long exit;

    private FastBudgets(
            BudgetLayout layout, FastStores stores, SwitchLayout switches, byte[] code, long stop, long exit) {
        this.layout = layout;
        this.stores = stores;
        this.switches = switches;
        this.code = code;
        this.stop = stop;
        this.exit = exit;
    }

    /// Finds out whether a library can be used so, and how.
    ///
    /// @throws EngineException if not: the message says why
    static FastBudgets calibrate(UnicornLibrary library, SymbolLookup symbols, FastStores stores) {
        long stop = FastStores.symbol(symbols, STOP);
        long exit = FastStores.symbol(symbols, EXIT);
        try (HostMemory memory = HostMemory.open()) {
            BudgetLayout layout = BudgetLayout.calibrate(library, stores.layout(), memory);
            return new FastBudgets(layout, stores, library.switchLayout(), MachineCode.bytes(CODE), stop, exit);
        }
    }

    /// Uses the shortcut in an engine that has its memory and has not run.
    ///
    /// @param pages of the same engine
    CountedRun install(Unicorn engine, EngineHooks hooks, FastStores.Pages pages) {
        MemorySegment loaded = MachineCode.load(code, NativePages.PAGE, engine.arena());
        BudgetData data = new BudgetData(
                loaded.asSlice(NativePages.PAGE, 2 * NativePages.PAGE),
                engine.handle(),
                stores.layout().cpu(engine),
                layout,
                stop);
        pages.guard(exit);
        CodeBlocks blocks = new CodeBlocks(engine, stores.layout(), switches, data);
        engine.hookTranslation(blocks);
        engine.hookBlocks(loaded.address(), data.address());
        return new CountedRun(engine, hooks, pages, data, blocks);
    }
}
