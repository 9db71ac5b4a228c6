package dev.trapline.unicorn.layout;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.unicorn.ffi.Context;
import dev.trapline.unicorn.ffi.HostMemory;
import dev.trapline.unicorn.ffi.NativePages;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// The position of the CPU in an AArch64 instance of this library, and of the TLB in that CPU. Found with [CpuProbe]; a
/// library in which anything is different is refused.
///
/// ```text
///  instance + cpu   : pointer to the CPU
///  CPU + type       : pointer to the data that all CPUs of the instance share; the word before is the handle
///  shared + fill    : pointer to the function that fills the TLB
///  CPU + tables     : for each of 12 MMU modes the mask and the address of its table of entries; 16 bytes each
///  CPU + tables - 12 * 440 : a descriptor for each, 440 bytes
///  CPU + state      : what a context image contains
///
///  entry     : addr_read, addr_write, addr_code, addend
///  descriptor: begin of a window of time at 16, victims (8 entries) at 48, their I/O words (16 bytes each) at 304,
///              pointer to the table's at 432
/// ```
///
/// @param cpu offset in bytes from the handle's address
/// @param type offset in bytes from the CPU's address
/// @param fill offset in bytes in the shared data
/// @param tables offset in bytes from the CPU's address
/// @param state offset in bytes from the CPU's address
public record CpuLayout(int cpu, int type, int fill, int tables, int state) {

    /// The function that fills the TLB.
    public static final String FILL = "arm_cpu_tlb_fill_aarch64";

    private static final String VERSION = "2.0.1";
    private static final int MODES = 12;
    private static final int DESCRIPTOR = 440;
    private static final int WINDOW = 16;
    /// A time in the far future, in the year 2189: the library counts nanoseconds since 1970.
    public static final long FAR = Long.MAX_VALUE / 2 + Long.MAX_VALUE / 4;

    private static final long LEAST_TIME = 1L << 59;
    private static final int VICTIMS = 48;
    private static final int VICTIM_COUNT = 8;
    private static final int VICTIM_IO = 304;
    private static final int IO = 432;
    private static final int ENTRY = 32;
    private static final int IO_WORDS = 16;
    public static final long PAGE = 1024;
    public static final long NOT_DIRTY = 0x100;
    private static final long CLOSED = 0x200;
    private static final int PAGE_BITS = 10;
    private static final int ENTRY_BITS = 5;

    // SAFETY: used only within a CPU of the library, at offsets that were found by calibration.
    @SuppressWarnings("restricted")
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final int INSTANCE_SEARCHED = 2048;
    /// The lowest bits of a block's length have other meanings.
    private static final long ALIGNMENT = 8;

    private static final int GREATEST = 1 << 20;
    /// How much of a context image is compared: all general registers, and much more.
    private static final int COMPARED = 1024;

    private static final int TYPE_SEARCHED = 1024;
    private static final int LEAST_TABLE = 1 << 11;
    private static final int GREATEST_TABLE = 1 << 22;

    /// One entry of the TLB, in its memory layout.
    public record Entry(long read, long write, long code, long addend) {
        static Entry at(ByteBuffer table, int offset) {
            return new Entry(
                    table.getLong(offset),
                    table.getLong(offset + 8),
                    table.getLong(offset + 16),
                    table.getLong(offset + 24));
        }
    }

    /// Finds the layout of a library.
    ///
    /// @throws EngineException if it is not known; the message is a reason that follows the library's name
    static CpuLayout find(UnicornLibrary library) {
        if (!library.identity().version().equals(VERSION)) {
            throw new EngineException(
                    "the library is version " + library.identity().version() + ", not " + VERSION);
        }
        long fill = library.symbol(FILL);
        try (HostMemory memory = HostMemory.open();
                CpuProbe probe = new CpuProbe(library)) {
            probe.touch();
            return calibrate(probe, fill, memory);
        }
    }

    /// Finds all of it in an instance that has executed [CpuProbe]'s code.
    ///
    /// @param fillFunction address of the function that fills the TLB
    /// @throws EngineException if something is not found
    private static CpuLayout calibrate(CpuProbe probe, long fillFunction, HostMemory memory) {
        ByteBuffer instance = memory.read(probe.engine().handle(), INSTANCE_SEARCHED);
        for (int at = 0; at + Long.BYTES <= instance.limit(); at += Long.BYTES) {
            long candidate = instance.getLong(at);
            int length = allocated(candidate, MODES * DESCRIPTOR, memory);
            CpuLayout layout = inCpu(at, memory.read(candidate, length), probe, fillFunction, memory);
            if (layout != null) {
                return layout;
            }
        }
        throw refused("its CPU");
    }

    /// The size of a block that GNU's `malloc` returned, which is stored before the block. A pointer into the
    /// middle of a block has something else there, and a small block before the CPU does not reach it.
    ///
    /// @return 0 if it is less than `least`, or too large for anything that is searched for
    static int allocated(long address, int least, HostMemory memory) {
        ByteBuffer length = memory.read(address - Long.BYTES, Long.BYTES);
        long bytes = length.hasRemaining() ? (length.getLong(0) & -ALIGNMENT) - Long.BYTES : 0;
        return bytes >= least && bytes < GREATEST ? (int) bytes : 0;
    }

    private static @Nullable CpuLayout inCpu(
            int cpu, ByteBuffer candidate, CpuProbe probe, long fillFunction, HostMemory memory) {
        int type = 0;
        int fill = -1;
        for (int at = 0; fill < 0 && at + 2 * Long.BYTES <= candidate.limit(); at += Long.BYTES) {
            if (candidate.getLong(at) == probe.engine().handle()) {
                type = at + Long.BYTES;
                ByteBuffer types = memory.read(candidate.getLong(type), TYPE_SEARCHED);
                fill = only(types, Long.BYTES, offset -> types.getLong(offset) == fillFunction);
            }
        }
        int tables = fill < 0 ? -1 : only(candidate, 2 * Long.BYTES, at -> isStartOfTables(candidate, at));
        if (tables < MODES * DESCRIPTOR) {
            return null;
        }
        ByteBuffer image = image(probe.engine());
        int state = only(candidate, Long.BYTES, at -> begins(candidate, at, image));
        if (state < 0) {
            throw refused("its state");
        }
        CpuLayout layout = new CpuLayout(cpu, type, fill, tables, state);
        layout.checkTables(candidate, probe, memory);
        return layout;
    }

    /// The beginning of the state of an instance's CPU, in a context image.
    private static ByteBuffer image(Unicorn engine) {
        MemorySegment image = engine.saveContext();
        return image.asSlice(Context.header(image), COMPARED).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static boolean begins(ByteBuffer cpu, int at, ByteBuffer image) {
        return at + image.limit() <= cpu.limit() && cpu.slice(at, image.limit()).equals(image);
    }

    private static boolean isStartOfTables(ByteBuffer cpu, int at) {
        boolean all = !isTable(cpu, at - 2 * Long.BYTES);
        for (int mode = 0; mode < MODES; mode++) {
            all &= isTable(cpu, at + mode * 2 * Long.BYTES);
        }
        return all && !isTable(cpu, at + MODES * 2 * Long.BYTES);
    }

    /// Whether the mask and the address of a table may be at this position.
    private static boolean isTable(ByteBuffer cpu, int at) {
        if (at < 0 || at + 2 * Long.BYTES > cpu.limit()) {
            return false;
        }
        long length = cpu.getLong(at) + ENTRY;
        return length >= LEAST_TABLE
                && length <= GREATEST_TABLE
                && Long.bitCount(length) == 1
                && cpu.getLong(at + Long.BYTES) > NativePages.PAGE;
    }

    /// The probe has loaded and stored a word in two pages that share one slot in the table of its mode: the second
    /// page is in the slot, the first is among the victims.
    private void checkTables(ByteBuffer cpu, CpuProbe probe, HostMemory memory) {
        int fitting = 0;
        for (int mode = 0; mode < MODES; mode++) {
            fitting += hasBoth(mode, cpu, probe, memory) ? 1 : 0;
            long window = cpu.getLong(descriptors() + mode * DESCRIPTOR + WINDOW);
            fitting += window > LEAST_TIME && window < FAR ? 0 : MODES;
        }
        if (fitting != 1) {
            throw refused("its TLB");
        }
    }

    private boolean hasBoth(int mode, ByteBuffer cpu, CpuProbe probe, HostMemory memory) {
        int table = tables + mode * 2 * Long.BYTES;
        int descriptor = descriptors() + mode * DESCRIPTOR;
        long offset = offset(CpuProbe.SECOND, cpu.getLong(table));
        boolean second = isPage(memory.read(cpu.getLong(table + Long.BYTES) + offset, ENTRY), 0, probe, CpuProbe.SECOND)
                && isIo(memory.read(cpu.getLong(descriptor + IO) + offset / 2, IO_WORDS), 0, CpuProbe.SECOND);
        boolean first = false;
        for (int k = 0; k < VICTIM_COUNT; k++) {
            first |= isPage(cpu, descriptor + VICTIMS + k * ENTRY, probe, CpuProbe.FIRST)
                    && isIo(cpu, descriptor + VICTIM_IO + k * IO_WORDS, CpuProbe.FIRST);
        }
        return first && second;
    }

    /// The beginning of the descriptors, in bytes from the CPU's address.
    public int descriptors() {
        return tables - MODES * DESCRIPTOR;
    }

    private static long offset(long page, long mask) {
        return (page >>> (PAGE_BITS - ENTRY_BITS)) & mask;
    }

    private static boolean isPage(ByteBuffer table, int offset, CpuProbe probe, long page) {
        return table.limit() >= offset + ENTRY
                && Entry.at(table, offset)
                        .equals(new Entry(page, page | NOT_DIRTY, page, probe.hostAddress(page) - page));
    }

    /// For the library, the first memory of an instance begins at 0.
    private static boolean isIo(ByteBuffer table, int offset, long page) {
        return table.limit() >= offset + IO_WORDS && table.getLong(offset) + page == page - CpuProbe.BASE;
    }

    private static EngineException refused(String what) {
        return new EngineException("the library does not keep " + what + " as version 2.0.1 does");
    }

    /// The only position in a buffer that fulfils the condition, or -1.
    private static int only(ByteBuffer buffer, int step, IntPredicate condition) {
        int found = -1;
        for (int at = 0; at + Long.BYTES <= buffer.limit(); at += step) {
            if (condition.test(at)) {
                if (found >= 0) {
                    return -1;
                }
                found = at;
            }
        }
        return found;
    }

    /// The address of a part of the CPU's state.
    ///
    /// @param image offset of the same in a context image of the instance
    long inState(Unicorn engine, int image) {
        return cpu(engine) + state + image - Context.header(engine.saveContext());
    }

    /// The address of an instance's CPU.
    public long cpu(Unicorn engine) {
        // SAFETY: the offset was found in an instance of this library, and this instance is open.
        return MEMORY.get(JAVA_LONG, engine.handle() + cpu);
    }

    /// Keeps the TLB from shrinking. The library shrinks it at a flush, if it has not been full for a tenth of a
    /// second of the host's time. Then the behaviour of a guest that changes its page tables without maintenance
    /// would depend on the host. From now on, the TLB keeps its largest size.
    ///
    /// @param at address of the CPU
    public void holdSize(long at) {
        for (int mode = 0; mode < MODES; mode++) {
            // SAFETY: within the CPU, at an offset that was found in one.
            MEMORY.set(JAVA_LONG, at + descriptors() + (long) mode * DESCRIPTOR + WINDOW, FAR);
        }
    }

    /// The host's address of code, if it can be fetched without a walk of the guest's page tables: the TLB has it,
    /// in its table or among its victims.
    ///
    /// @param flags the translation flags of the regime
    /// @return 0 if the TLB does not have it
    public long hostAddress(Unicorn engine, int flags, long address) {
        long at = cpu(engine);
        int mode = TranslationFlags.mode(flags);
        long table = at + tables + mode * 2L * Long.BYTES;
        // SAFETY: the table is as long as its mask says.
        long entry = MEMORY.get(JAVA_LONG, table + Long.BYTES) + offset(address & -PAGE, MEMORY.get(JAVA_LONG, table));
        long host = hostAddress(entry, address);
        for (int k = 0; host == 0 && k < VICTIM_COUNT; k++) {
            host = hostAddress(at + descriptors() + (long) mode * DESCRIPTOR + VICTIMS + (long) k * ENTRY, address);
        }
        return host;
    }

    private static long hostAddress(long entry, long address) {
        // SAFETY: an entry of the TLB, at an offset that was found in one.
        boolean there = (MEMORY.get(JAVA_LONG, entry + 2 * Long.BYTES) & ~CLOSED) == (address & -PAGE);
        return there ? MEMORY.get(JAVA_LONG, entry + 3 * Long.BYTES) + address : 0;
    }

    /// The entry of a page, in the only table that has it.
    ///
    /// @throws EngineException if no table has it
    public Entry entry(HostMemory memory, long handle, long page) {
        long at = memory.read(handle + cpu, Long.BYTES).getLong(0);
        ByteBuffer all = memory.read(at + tables, MODES * 2 * Long.BYTES);
        for (int mode = 0; mode < MODES; mode++) {
            long offset = offset(page, all.getLong(mode * 2 * Long.BYTES));
            Entry entry = Entry.at(memory.read(all.getLong(mode * 2 * Long.BYTES + Long.BYTES) + offset, ENTRY), 0);
            if ((entry.read() & -PAGE) == page) {
                return entry;
            }
        }
        throw refused("its TLB");
    }
}
