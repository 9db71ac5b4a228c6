package dev.trapline.unicorn.counting;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.unicorn.ffi.Host;
import dev.trapline.unicorn.ffi.HostMemory;
import dev.trapline.unicorn.ffi.MachineCode;
import dev.trapline.unicorn.ffi.NativePages;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import dev.trapline.unicorn.layout.CpuLayout;
import dev.trapline.unicorn.layout.CpuProbe;
import dev.trapline.unicorn.layout.Layouts;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// The shortcut [Shortcut#STORES]: replaces the function that fills an engine's TLB by Trapline's own function
/// (`stores.s`), which calls it. This changes one pointer in the engine's memory, but no byte of the library.
public final class FastStores {

    private static final String CODE = "stores";
    private static final String MARK = "tlb_reset_dirty_aarch64";

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
    /// The index of the first range, after those words.
    private static final int FIRST_RANGE = 16;

    private static final int MOST_RANGES = 200;

    /// The library begins each block of memory at a multiple of this many bytes.
    private static final long BLOCK = 64 * CpuLayout.PAGE;

    // SAFETY: used only within structures of the library, at offsets that were found by calibration.
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

    /// Finds out whether the shortcut works with a library, and the offsets that it needs.
    ///
    /// @throws EngineException if it does not; the message is a reason that follows the library's name
    public static FastStores calibrate(Layouts layouts, Host host) {
        byte[] code = MachineCode.bytes(CODE, host);
        UnicornLibrary library = layouts.library();
        FastStores stores =
                new FastStores(layouts.requiredCpu(), code, library.symbol(CpuLayout.FILL), library.symbol(MARK));
        try (HostMemory memory = HostMemory.open()) {
            stores.tryOut(library, memory);
        }
        return stores;
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
                throw new EngineException("the TLB had wrong entries in the self-test");
            }
        }
    }

    CpuLayout layout() {
        return layout;
    }

    /// The data of the shortcut's code in one engine.
    public record Pages(MemorySegment data) {

        /// Reports ignored stores once their instruction is known.
        ///
        /// @param restore address of `cpu_restore_state`
        /// @param told address of the function that is called for a store that was asked about
        void tell(long restore, long told) {
            data.setAtIndex(JAVA_LONG, RESTORE, restore);
            data.setAtIndex(JAVA_LONG, TOLD, told);
        }

        void beginRun() {
            data.setAtIndex(JAVA_LONG, FILLING, 0);
            data.setAtIndex(JAVA_LONG, ASKED, 0);
        }

        /// Asks about the current store, which is to memory that ignores it.
        void ask() {
            data.setAtIndex(JAVA_LONG, ASKED, 1);
        }

        /// Whether the library is walking the guest's page tables.
        boolean isFilling() {
            return data.getAtIndex(JAVA_LONG, FILLING) != 0;
        }

        /// Whether it does that for a fetch.
        boolean isFetching() {
            return data.getAtIndex(JAVA_LONG, FILLING) == FETCH;
        }
    }

    /// Installs the shortcut in an engine that has its memory and has not run.
    public Pages install(Unicorn engine, MemoryMap memory) {
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
                    "a machine has at most " + MOST_RANGES + " ranges of read-only memory, not " + readOnly.size());
        }
        return install(engine, bytes, readOnly);
    }

    private Pages install(Unicorn engine, long bytes, List<MemoryMap.Memory> readOnly) {
        long pages = bytes / CpuLayout.PAGE;
        MemorySegment loaded = MachineCode.load(code, pages, engine.arena());
        // SAFETY: the offsets were found in an instance of this library, and this instance is open.
        long cpu = layout.cpu(engine);
        long slot = MEMORY.get(JAVA_LONG, cpu + layout.type()) + layout.fill();
        if (MEMORY.get(JAVA_LONG, cpu + layout.type() - Long.BYTES) != engine.handle()
                || MEMORY.get(JAVA_LONG, slot) != fill) {
            throw new EngineException("an engine's TLB is not filled by " + CpuLayout.FILL);
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
