package dev.trapline.unicorn;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.engine.MemoryMap;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.ArrayList;
import java.util.List;

/// The shortcut [Shortcut#STORES]: the function that fills an engine's TLB is replaced by one of our own, which calls
/// it (`stores.s`). One pointer of the engine's own memory changes; no byte of the library does.
final class FastStores {

    private static final String CODE = "stores";
    private static final String FILL = "arm_cpu_tlb_fill_aarch64";
    private static final String MARK = "tlb_reset_dirty_aarch64";
    private static final String VERSION = "2.0.1";

    /// Words of the code's data.
    private static final int ORIGINAL = 0;

    private static final int MARKER = 1;
    private static final int TABLES = 2;
    private static final int DESCRIPTORS = 3;
    private static final int PAGES = 4;
    private static final int LIMIT = 5;
    private static final int RANGES = 6;
    private static final int ASKED = 7;
    private static final int RESTORE = 8;
    private static final int TOLD = 9;
    private static final int FAR = 10;
    private static final int FILLING = 11;
    private static final int FETCH = 3;
    /// Where the ranges themselves stand, behind those words.
    private static final int FIRST_RANGE = 16;

    private static final int MOST_RANGES = 200;

    /// The library lets each block of memory begin at a multiple of so many bytes.
    private static final long BLOCK = 64 * CpuLayout.PAGE;

    // SAFETY: used only within structures of the library, at offsets that were found in it.
    @SuppressWarnings("restricted")
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private final CpuLayout layout;
    private final byte[] code;
    private final long fill;
    private final long mark;

    private FastStores(CpuLayout layout, byte[] code, long fill, long mark) {
        this.layout = layout;
        this.code = code;
        this.fill = fill;
        this.mark = mark;
    }

    /// Finds out whether a library can be used so, and how.
    ///
    /// @throws EngineException if not: the message says why, and follows the library's name
    static FastStores calibrate(UnicornLibrary library, SymbolLookup symbols, Host host) {
        byte[] code = MachineCode.bytes(CODE, host);
        CpuLayout layout = layout(library, symbols);
        FastStores stores = new FastStores(layout, code, symbol(symbols, FILL), symbol(symbols, MARK));
        try (HostMemory memory = HostMemory.open()) {
            stores.tryOut(library, memory);
        }
        return stores;
    }

    /// Where a library keeps its CPU.
    ///
    /// @throws EngineException if that is not known: the message says why
    static CpuLayout layout(UnicornLibrary library, SymbolLookup symbols) {
        if (!library.identity().version().equals(VERSION)) {
            throw new EngineException(
                    "the library is version " + library.identity().version() + ", not " + VERSION);
        }
        long fill = symbol(symbols, FILL);
        try (HostMemory memory = HostMemory.open();
                CpuProbe probe = new CpuProbe(library)) {
            probe.touch();
            return CpuLayout.calibrate(probe, fill, memory);
        }
    }

    static long symbol(SymbolLookup symbols, String name) {
        return symbols.find(name)
                .map(MemorySegment::address)
                .orElseThrow(() -> new EngineException("the library does not export " + name));
    }

    private void tryOut(UnicornLibrary library, HostMemory memory) {
        try (CpuProbe probe = new CpuProbe(library)) {
            install(probe.engine(), probe.map());
            if (!probe.passesTrial()) {
                throw new EngineException("stale code ran in the self-test");
            }
            CpuLayout.Entry data = layout.entry(memory, probe.engine().handle(), CpuProbe.DATA);
            CpuLayout.Entry routine = layout.entry(memory, probe.engine().handle(), CpuProbe.ROUTINE);
            if (data.write() != CpuProbe.DATA || routine.write() != (CpuProbe.ROUTINE | CpuLayout.NOT_DIRTY)) {
                throw new EngineException("the self-test did not find the TLB as it should be");
            }
        }
    }

    CpuLayout layout() {
        return layout;
    }

    /// What the code of one engine keeps.
    record Pages(MemorySegment data) {

        /// Has stores that are ignored told of when their instruction is known.
        ///
        /// @param restore address of `cpu_restore_state`
        /// @param told address of what is called for a store that was asked about
        void tell(long restore, long told) {
            data.setAtIndex(JAVA_LONG, RESTORE, restore);
            data.setAtIndex(JAVA_LONG, TOLD, told);
        }

        void beginRun() {
            data.setAtIndex(JAVA_LONG, FILLING, 0);
            data.setAtIndex(JAVA_LONG, ASKED, 0);
        }

        /// Asks about the store that is under way: it is one to memory that ignores it.
        void ask() {
            data.setAtIndex(JAVA_LONG, ASKED, 1);
        }

        /// Whether the library is looking at the guest's tables.
        boolean isFilling() {
            return data.getAtIndex(JAVA_LONG, FILLING) != 0;
        }

        /// Whether it does that for a fetch.
        boolean isFetching() {
            return data.getAtIndex(JAVA_LONG, FILLING) == FETCH;
        }
    }

    /// Uses the shortcut in an engine that has its memory and has not run.
    Pages install(Unicorn engine, MemoryMap memory) {
        long bytes = 0;
        List<MemoryMap.Memory> readOnly = new ArrayList<>();
        for (MemoryMap.Region region : memory.regions()) {
            if (region instanceof MemoryMap.Memory block) {
                bytes += (block.size() + BLOCK - 1) & -BLOCK;
                if (!block.writable()) {
                    readOnly.add(block);
                }
            }
        }
        if (readOnly.size() > MOST_RANGES) {
            throw new EngineException(
                    "a machine has at most " + MOST_RANGES + " stretches of read-only memory, not " + readOnly.size());
        }
        return install(engine, bytes, readOnly);
    }

    private Pages install(Unicorn engine, long bytes, List<MemoryMap.Memory> readOnly) {
        long pages = bytes / CpuLayout.PAGE;
        MemorySegment loaded = MachineCode.load(code, pages, engine.arena());
        // SAFETY: the offsets were found in an instance of this library, and this one is open.
        long cpu = layout.cpu(engine);
        long slot = MEMORY.get(JAVA_LONG, cpu + layout.type()) + layout.fill();
        if (MEMORY.get(JAVA_LONG, cpu + layout.type() - Long.BYTES) != engine.handle()
                || MEMORY.get(JAVA_LONG, slot) != fill) {
            throw new EngineException("an engine's TLB is not filled by " + FILL);
        }
        MemorySegment data = loaded.asSlice(NativePages.PAGE, NativePages.PAGE);
        data.setAtIndex(JAVA_LONG, ORIGINAL, fill);
        data.setAtIndex(JAVA_LONG, MARKER, mark);
        data.setAtIndex(JAVA_LONG, TABLES, layout.tables());
        data.setAtIndex(JAVA_LONG, DESCRIPTORS, layout.descriptors());
        data.setAtIndex(JAVA_LONG, PAGES, loaded.address() + 2 * NativePages.PAGE);
        data.setAtIndex(JAVA_LONG, LIMIT, pages);
        data.setAtIndex(JAVA_LONG, FAR, CpuLayout.FAR);
        data.setAtIndex(JAVA_LONG, RANGES, data.address() + FIRST_RANGE * Long.BYTES);
        for (int k = 0; k < readOnly.size(); k++) {
            data.setAtIndex(JAVA_LONG, FIRST_RANGE + 2L * k, readOnly.get(k).base());
            data.setAtIndex(JAVA_LONG, FIRST_RANGE + 2L * k + 1, readOnly.get(k).size());
        }
        // SAFETY: the code lives in the engine's arena, which is closed after the engine.
        MEMORY.set(JAVA_LONG, slot, loaded.address());
        return new Pages(data);
    }
}
