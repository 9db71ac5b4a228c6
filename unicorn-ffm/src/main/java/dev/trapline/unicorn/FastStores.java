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
    private static final int REFUSED = 7;
    private static final int EXIT = 8;
    private static final int GUARD = 9;
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
    static FastStores calibrate(UnicornLibrary library, SymbolLookup symbols) {
        if (MachineCode.architecture().isEmpty()) {
            throw new EngineException("there is no machine code for " + System.getProperty("os.name") + " on "
                    + System.getProperty("os.arch"));
        }
        if (!library.identity().version().equals(VERSION)) {
            throw new EngineException(
                    "the library is version " + library.identity().version() + ", not " + VERSION);
        }
        if (!HostMemory.isReadable()) {
            throw new EngineException("this process may not read /proc/self/mem");
        }
        long fill = symbol(symbols, FILL);
        long mark = symbol(symbols, MARK);
        try (HostMemory memory = HostMemory.open();
                CpuProbe probe = new CpuProbe(library)) {
            probe.touch();
            FastStores stores =
                    new FastStores(CpuLayout.calibrate(probe, fill, memory), MachineCode.bytes(CODE), fill, mark);
            stores.tryOut(library, memory);
            return stores;
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

        /// Has every store that may be refused, and every access after [#refuseNext], end there.
        ///
        /// @param exit address of `cpu_loop_exit_restore`
        void guard(long exit) {
            data.setAtIndex(JAVA_LONG, EXIT, exit);
            data.setAtIndex(JAVA_LONG, GUARD, 1);
        }

        /// The access that is under way ends the run, at its instruction.
        void refuseNext() {
            data.setAtIndex(JAVA_LONG, REFUSED, 1);
        }

        void refuseNothing() {
            data.setAtIndex(JAVA_LONG, REFUSED, 0);
        }
    }

    /// Uses the shortcut in an engine that has its memory and has not run.
    Pages install(Unicorn engine, MemoryMap memory) {
        long bytes = 0;
        List<MemoryMap.Region> writable = new ArrayList<>();
        for (MemoryMap.Region region : memory.regions()) {
            boolean written = switch (region) {
                case MemoryMap.Memory block -> {
                    bytes += (block.size() + BLOCK - 1) & -BLOCK;
                    yield block.writable();
                }
                case MemoryMap.Device _ -> true;
            };
            if (written) {
                writable.add(region);
            }
        }
        if (writable.size() > MOST_RANGES) {
            throw new EngineException("a machine has at most " + MOST_RANGES + " stretches of memory and devices, not "
                    + writable.size());
        }
        return install(engine, bytes, writable);
    }

    private Pages install(Unicorn engine, long bytes, List<MemoryMap.Region> writable) {
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
        data.setAtIndex(JAVA_LONG, RANGES, data.address() + FIRST_RANGE * Long.BYTES);
        for (int k = 0; k < writable.size(); k++) {
            data.setAtIndex(JAVA_LONG, FIRST_RANGE + 2L * k, writable.get(k).base());
            data.setAtIndex(JAVA_LONG, FIRST_RANGE + 2L * k + 1, writable.get(k).size());
        }
        // SAFETY: the code lives in the engine's arena, which is closed after the engine.
        MEMORY.set(JAVA_LONG, slot, loaded.address());
        return new Pages(data);
    }
}
