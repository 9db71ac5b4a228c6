package dev.trapline.unicorn.counting;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.unicorn.ffi.Host;
import dev.trapline.unicorn.ffi.HostMemory;
import dev.trapline.unicorn.ffi.MachineCode;
import dev.trapline.unicorn.ffi.NativePages;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import dev.trapline.unicorn.layout.BudgetLayout;
import dev.trapline.unicorn.layout.CpuFlags;
import dev.trapline.unicorn.slice.EngineHooks;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The shortcut [Shortcut#BUDGETS]: a hook on blocks counts instructions (`budgets.s`); without it, the library calls a
/// function for every instruction. It needs [FastStores] to find the instruction of an ignored store. Also the shortcut
/// [Shortcut#INLINE]: a block calls that hook only once.
public final class FastBudgets {

    private static final String CODE = "budgets";
    private static final String STOP = "uc_emu_stop";
    private static final String RESTORE = "cpu_restore_state_aarch64";
    private static final String LOOP = "cpu_loop_exit_restore_aarch64";
    /// For a CPU and an address in translated code: restores the PC from that address, and drops the block.
    private static final String FORGET = "tb_check_watchpoint_aarch64";

    private final BudgetLayout layout;
    private final FastStores stores;
    private final byte[] code;
    private final long stop;
    private final long restore;
    private final long loop;
    private final MemorySegment forgetting;
    private boolean inline;
    private boolean proven;

    private FastBudgets(
            BudgetLayout layout,
            FastStores stores,
            byte[] code,
            long stop,
            long restore,
            long loop,
            MemorySegment forgetting) {
        this.layout = layout;
        this.stores = stores;
        this.code = code;
        this.stop = stop;
        this.restore = restore;
        this.loop = loop;
        this.forgetting = forgetting;
    }

    /// Finds out whether the shortcut works with a library, and the offsets that it needs.
    ///
    /// @throws EngineException if it does not; the message says why
    public static FastBudgets calibrate(UnicornLibrary library, FastStores stores, Host host) {
        long stop = library.symbol(STOP);
        long restore = library.symbol(RESTORE);
        long loop = library.symbol(LOOP);
        MemorySegment forgetting = MemorySegment.ofAddress(library.symbol(FORGET));
        try (HostMemory memory = HostMemory.open()) {
            BudgetLayout layout = BudgetLayout.calibrate(library, stores.layout(), memory);
            return new FastBudgets(layout, stores, MachineCode.bytes(CODE, host), stop, restore, loop, forgetting);
        }
    }

    /// Sets whether blocks count by themselves in engines that are opened from now on.
    public void setInline(boolean counting) {
        inline = counting;
    }

    /// Records that the trial of blocks that count by themselves has passed.
    public void setProven() {
        proven = true;
    }

    /// Installs the shortcut in an engine that has its memory and has not run.
    ///
    /// @param pages the data of [FastStores] in the same engine
    public CountedRun install(Unicorn engine, CpuFlags flags, EngineHooks hooks, FastStores.Pages pages) {
        MemorySegment loaded = MachineCode.load(code, BudgetData.TABLES, engine.arena());
        MemorySegment low = lowMemory(engine);
        BudgetData data =
                new BudgetData(loaded, low, engine.handle(), stores.layout().cpu(engine), layout, stop, loop);
        pages.tell(restore, engine.upcalls().callbackStub(hooks::storeIgnored));
        InlineCounts counts = low == null ? null : new InlineCounts(data, engine.handle(), low, proven);
        CodeBlocks blocks = new CodeBlocks(engine, stores.layout(), flags, data, forgetting, counts);
        engine.hookTranslation(blocks);
        data.hookBlocks(engine);
        return new CountedRun(engine, hooks, pages, data, blocks);
    }

    /// The memory of the cells; null if blocks have to call their hook. A machine for which no such memory is left
    /// is slower.
    private @Nullable MemorySegment lowMemory(Unicorn engine) {
        try {
            return inline ? NativePages.mapLow(NativePages.PAGE, engine.arena()) : null;
        } catch (EngineException e) {
            if (proven) {
                return null;
            }
            throw e;
        }
    }
}
