package dev.trapline.unicorn.layout;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.unicorn.ffi.HostMemory;
import dev.trapline.unicorn.ffi.NativePages;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// The positions of the fields, in an AArch64 instance of this library, that end a run and that control the translation
/// of the next block.
///
/// ```text
///  instance + request : 1 while a stop is requested, 8 bits
///  CPU + first, second: the same
///  CPU + exit         : negative while a stop is requested, 32 bits; blocks read it
///  CPU + next         : how many instructions the next block has at most; all ones: no limit. 32 bits
///  CPU + access       : return address of the block's call for the last device access, 64 bits; 0 for a fetch
/// ```
///
/// To find them, a probe is stopped, translates a block, and accesses a device.
///
/// @param request offset in bytes from the handle's address
/// @param first offset in bytes from the CPU's address
/// @param second the same
/// @param exit the same
/// @param next the same
/// @param access the same
public record BudgetLayout(int request, int first, int second, int exit, int next, int access) {

    private static final int LEAST_INSTANCE = 1024;
    private static final int NEXT_SEARCHED = 0x100;
    /// Bytes of the host's code for a few of the guest's instructions, at most.
    private static final int GREATEST_STEP = 4096;

    private static final int NONE = -1;
    private static final int CUT = 3;
    /// In the library's description of a block.
    private static final int COUNT = 8;

    // SAFETY: used only within the CPU of an instance, at an offset that was found in it.
    @SuppressWarnings("restricted")
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /// Finds all of them.
    ///
    /// @throws EngineException if one is not found
    public static BudgetLayout calibrate(UnicornLibrary library, CpuLayout layout, HostMemory memory) {
        try (CpuProbe probe = new CpuProbe(library)) {
            long handle = probe.engine().handle();
            long cpu = memory.read(handle + layout.cpu(), Long.BYTES).getLong(0);
            ByteBuffer instanceBefore = memory.read(handle, CpuLayout.allocated(handle, LEAST_INSTANCE, memory));
            ByteBuffer cpuBefore = memory.read(cpu, CpuLayout.allocated(cpu, layout.tables(), memory));
            probe.engine().stop();
            int[] inInstance = set(instanceBefore, memory.read(handle, instanceBefore.limit()), 1);
            ByteBuffer cpuAfter = memory.read(cpu, cpuBefore.limit());
            int[] inCpu = set(cpuBefore, cpuAfter, 1);
            int[] high = set(cpuBefore, cpuAfter, 0xff);
            boolean fits = inInstance.length == 1
                    && inCpu.length == 2
                    && high.length == 2
                    && high[0] + 1 == high[1]
                    && high[1] % Integer.BYTES == Integer.BYTES - 1;
            if (!fits) {
                throw new EngineException("a stop does not change the instance as in version 2.0.1");
            }
            int exit = high[1] + 1 - Integer.BYTES;
            int next = findNext(probe, cpu);
            return new BudgetLayout(inInstance[0], inCpu[0], inCpu[1], exit, next, findAccess(library, layout, memory));
        }
    }

    /// The positions of bytes that were 0 and are now `value`.
    private static int[] set(ByteBuffer before, ByteBuffer after, int value) {
        return IntStream.range(0, Math.min(before.limit(), after.limit()))
                .filter(at -> before.get(at) == 0 && (after.get(at) & 0xff) == value)
                .toArray();
    }

    /// The only word of a CPU that increases a little from one device access to the next, and is an address of the
    /// host's code, not of the guest's.
    private static int findAccess(UnicornLibrary library, CpuLayout layout, HostMemory memory) {
        try (CpuProbe probe = new CpuProbe(library)) {
            long cpu = memory.read(probe.engine().handle() + layout.cpu(), Long.BYTES)
                    .getLong(0);
            int length = CpuLayout.allocated(cpu, layout.tables(), memory);
            List<ByteBuffer> seen = new ArrayList<>();
            probe.reachDevice(() -> seen.add(memory.read(cpu, length)));
            int[] found = IntStream.iterate(0, at -> at + Long.BYTES <= length, at -> at + Long.BYTES)
                    .filter(at -> goesUp(seen, at))
                    .toArray();
            if (found.length != 1) {
                throw new EngineException("an access does not change the CPU as in version 2.0.1");
            }
            return found[0];
        }
    }

    /// The library makes each access of 8 bytes in two halves.
    private static boolean goesUp(List<ByteBuffer> seen, int at) {
        boolean up = seen.size() > 2 && !CpuProbe.isCode(seen.getFirst().getLong(at));
        for (int k = 1; k < seen.size(); k++) {
            long step = seen.get(k).getLong(at) - seen.get(k - 1).getLong(at);
            up &= k % 2 == 1 ? step == 0 : step > 0 && step < GREATEST_STEP;
        }
        return up && seen.getFirst().getLong(at) > NativePages.PAGE;
    }

    private static int findNext(CpuProbe probe, long cpu) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment block = arena.allocate(2 * JAVA_LONG.byteSize(), JAVA_LONG.byteAlignment());
            for (int at = 0; at < NEXT_SEARCHED; at += Integer.BYTES) {
                // SAFETY: within the CPU; a block is translated, and nothing runs.
                if (MEMORY.get(JAVA_INT, cpu + at) == NONE) {
                    MEMORY.set(JAVA_INT, cpu + at, CUT);
                    probe.engine().translate(CpuProbe.TRANSLATED, block);
                    MEMORY.set(JAVA_INT, cpu + at, NONE);
                    if ((block.get(JAVA_INT, COUNT) & 0xffff) == CUT) {
                        return at;
                    }
                }
            }
        }
        throw new EngineException("no block can be cut as in version 2.0.1");
    }
}
