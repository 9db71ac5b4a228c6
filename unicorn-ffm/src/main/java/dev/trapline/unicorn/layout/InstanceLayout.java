package dev.trapline.unicorn.layout;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.unicorn.ffi.HostMemory;
import dev.trapline.unicorn.ffi.NativePages;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The positions of fields in the structure that a handle points to, for state that no call of the interface returns.
/// AArch32 needs all of them.
///
/// ```text
///  counter + 0: instructions begun in this run, 64 bits; one more than the budget once that is used up
///          + 8: the budget of this run, 64 bits
///          - 8: pointer to the hook that counts, 64 bits
///  itFlag     : whether the instruction translated last is in an IT block, 8 bits
/// ```
///
/// The library does not stop within an IT block. It does not clear the flag for A32 code: code that it translates next
/// could only be stopped between blocks, with a wrong PC. So the flag has to be cleared after every translation.
///
/// The hook that counts is set on every instruction (from 1 to 0); it has a function, and no data.
///
/// The offsets differ between builds. To find them, a probe engine runs code that changes these fields in a way in
/// which no other field changes.
///
/// @param counter offset in bytes from the handle's address; negative if it was not found
/// @param itFlag the same for the flag
/// @param counting address of the library's function that counts an instruction; 0 if it was not found
public record InstanceLayout(int counter, int itFlag, long counting) {

    private static final long PROBE = 0x10000;
    private static final int FIRST_BUDGET = 777;
    private static final int SECOND_BUDGET = 941;
    /// How much of the structure is searched; it is longer in every version.
    private static final int SEARCHED = 2048;

    private static final int A32_NOP = 0xe1a0_0000;
    /// `nop; b .` and `it eq; beq .`, first halfword below the second.
    private static final int T32_PLAIN = 0xe7fe_bf00;

    private static final int T32_IT = 0xe7fe_bf08;
    private static final int BLOCKS = 4;
    /// How much of a hook is searched.
    private static final int HOOK_BYTES = 96;
    /// Bytes between the probe's T32 blocks.
    private static final int STEP = 64;

    // SAFETY: used only within the structure that a handle of the library points to.
    @SuppressWarnings("restricted")
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /// Finds all of them.
    static InstanceLayout calibrate(UnicornLibrary library) {
        try (Arena memory = Arena.ofConfined();
                Unicorn probe =
                        Unicorn.open(library, UnicornConstants.UC_ARCH_ARM, UnicornConstants.UC_CPU_ARM_CORTEX_A15)) {
            // SAFETY: the probe is closed before the arena is.
            MemorySegment pages = memory.allocate(2 * MemoryMap.PAGE, MemoryMap.PAGE);
            for (long at = 0; at < MemoryMap.PAGE; at += Integer.BYTES) {
                pages.set(JAVA_INT, at, A32_NOP);
            }
            probe.mapMemory(PROBE, pages, UnicornConstants.UC_PROT_READ | UnicornConstants.UC_PROT_EXEC);
            int counter = findCounter(probe);
            InstanceLayout found = new InstanceLayout(counter, findFlag(probe, pages), findCounting(probe, counter));
            return counter < 0 || CounterTrial.passes(library, found) ? found : new InstanceLayout(-1, -1, 0);
        }
    }

    /// This layout, if it is complete enough for AArch32.
    ///
    /// @throws EngineException if it is not
    public InstanceLayout forAarch32(UnicornLibrary library) {
        if (counter < 0 || itFlag < 0 || counting == 0) {
            throw new EngineException("AArch32 guests need version 2.0.1 of Unicorn; this is "
                    + library.identity().version() + ", " + library.identity().origin()
                    + ", which keeps its state elsewhere. Name another library (engine.library, --library)");
        }
        return this;
    }

    /// Refuses a library that does not show how many instructions it has begun: virtual time needs that count.
    ///
    /// @throws EngineException if it does not
    public void requireCounter(UnicornLibrary library) {
        if (counter < 0) {
            throw library.unknown("does not tell how many instructions it has executed, which virtual time needs");
        }
    }

    private static int findCounter(Unicorn probe) {
        probe.start(PROBE, FIRST_BUDGET);
        byte[] first = HostMemory.copy(probe.handle(), SEARCHED);
        probe.start(PROBE, SECOND_BUDGET);
        byte[] second = HostMemory.copy(probe.handle(), SEARCHED);
        for (int at = 0; at < SEARCHED - Long.BYTES; at += Long.BYTES) {
            if (holds(first, at, FIRST_BUDGET) && holds(second, at, SECOND_BUDGET)) {
                return at;
            }
        }
        return -1;
    }

    /// The function that the hook before the counter calls.
    private static long findCounting(Unicorn probe, int counter) {
        if (counter < Long.BYTES) {
            return 0;
        }
        // SAFETY: within the structure that the handle points to; the library allocated what its pointers point to.
        long hook = MEMORY.get(JAVA_LONG, probe.handle() + counter - Long.BYTES);
        if (hook <= NativePages.PAGE || hook % Long.BYTES != 0) {
            return 0;
        }
        ByteBuffer bytes = ByteBuffer.wrap(HostMemory.copy(hook, HOOK_BYTES)).order(ByteOrder.nativeOrder());
        for (int at = Long.BYTES; at <= HOOK_BYTES - 4 * Long.BYTES; at += Long.BYTES) {
            boolean everywhere = bytes.getLong(at) == 1 && bytes.getLong(at + Long.BYTES) == 0;
            long function = bytes.getLong(at + 2 * Long.BYTES);
            if (everywhere && function > NativePages.PAGE && bytes.getLong(at + 3 * Long.BYTES) == 0) {
                return bytes.getInt(0) == UnicornConstants.UC_HOOK_CODE ? function : 0;
            }
        }
        return 0;
    }

    private static boolean holds(byte[] structure, int at, int budget) {
        MemorySegment copy = MemorySegment.ofArray(structure);
        return copy.get(JAVA_LONG.withByteAlignment(1), at) == budget + 1
                && copy.get(JAVA_LONG.withByteAlignment(1), at + Long.BYTES) == budget;
    }

    /// The only byte that is 0, 1, 0, 1 after blocks without and with an IT at their end.
    private static int findFlag(Unicorn probe, MemorySegment pages) {
        byte[][] seen = new byte[BLOCKS][];
        for (int k = 0; k < BLOCKS; k++) {
            long offset = MemoryMap.PAGE + (long) k * STEP;
            pages.set(JAVA_INT, offset, k % 2 == 0 ? T32_PLAIN : T32_IT);
            probe.start(PROBE + offset + 1, 1);
            seen[k] = HostMemory.copy(probe.handle(), SEARCHED);
        }
        int found = -1;
        for (int at = 0; at < SEARCHED; at++) {
            boolean alternates = true;
            for (int k = 0; k < BLOCKS; k++) {
                alternates &= seen[k][at] == k % 2;
            }
            if (alternates && found >= 0) {
                return -1;
            }
            found = alternates ? at : found;
        }
        return found;
    }

    /// How many instructions the last run began: those that it completed, and one that was stopped by its hook or
    /// its exception.
    public long begun(Unicorn engine) {
        // SAFETY: the handle is open, and the offset is within its structure.
        return MEMORY.get(JAVA_LONG, engine.handle() + counter);
    }

    /// Clears the flag, so that code translated next can be stopped.
    public void clearItFlag(Unicorn engine) {
        // SAFETY: as in begun; the library reads the flag only while it translates, which it does not do in a hook.
        MEMORY.set(JAVA_BYTE, engine.handle() + itFlag, (byte) 0);
    }
}
