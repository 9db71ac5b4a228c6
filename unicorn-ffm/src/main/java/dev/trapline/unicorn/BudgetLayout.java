package dev.trapline.unicorn;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.trapline.abi.engine.EngineException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.stream.IntStream;

/// Where an AArch64 instance of this library keeps what ends a run, and what the next block is translated with.
///
/// ```text
///  instance + request : 1 while a stop is asked for, 8 bits
///  CPU + first, second: the same
///  CPU + exit         : negative while a stop is asked for, 32 bits; blocks look at it
///  CPU + next         : how many instructions the next block has at most; all ones: as many as there are. 32 bits
/// ```
///
/// Found by asking a probe for a stop, and by having it translate a block.
///
/// @param request in bytes from the address that the handle is
/// @param first in bytes from the CPU's address
/// @param second the same
/// @param exit the same
/// @param next the same
record BudgetLayout(int request, int first, int second, int exit, int next) {

    private static final int LEAST_INSTANCE = 1024;
    private static final int NEXT_SEARCHED = 0x100;
    private static final int NONE = -1;
    private static final int CUT = 3;
    /// In the library's description of a block.
    private static final int COUNT = 8;

    // SAFETY: used only within the CPU of an instance, at an offset that was found in it.
    @SuppressWarnings("restricted")
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /// Looks for all of it.
    ///
    /// @throws EngineException if it is not all there
    static BudgetLayout calibrate(UnicornLibrary library, CpuLayout layout, HostMemory memory) {
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
            return new BudgetLayout(inInstance[0], inCpu[0], inCpu[1], exit, findNext(probe, cpu));
        }
    }

    /// Where bytes were 0 and are `value`.
    private static int[] set(ByteBuffer before, ByteBuffer after, int value) {
        return IntStream.range(0, Math.min(before.limit(), after.limit()))
                .filter(at -> before.get(at) == 0 && (after.get(at) & 0xff) == value)
                .toArray();
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
