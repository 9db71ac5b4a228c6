package dev.trapline.unicorn.layout;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.unicorn.ffi.HostMemory;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/// The position of the fields that show how full an instance's buffer of translated code is. No call of the library
/// returns this.
///
/// ```text
///  handle + context  : pointer to the translator's structure
///  structure + next  : address of the next block
///            + 8     : data of the block that is being translated
///            + 16    : the end: a block that would begin after it empties the buffer
/// ```
///
/// The offsets differ between builds. To find them, a probe engine translates two blocks: no other fields change in the
/// same way. Words that may not be pointers are read through a file of the system, which returns an error where a
/// direct access would crash the process. If the system has no such file, the buffer is not found.
///
/// @param context offset in bytes from the handle's address
/// @param next offset in bytes from the start of the structure
public record CodeBuffer(int context, int next) {

    private static final long PROBE = 0x10000;
    /// Bytes between the probe's blocks.
    private static final int STEP = 64;

    /// How much of the handle's structure is searched, and of the structures to which it points: twice what any
    /// build needs.
    private static final int SEARCHED = 1536;

    private static final int SEARCHED_BEHIND = 512;

    private static final int FIELDS = 3;
    /// `b .` in A64 and in A32.
    private static final int A64_LOOP = 0x1400_0000;

    private static final int A32_LOOP = 0xeaff_fffe;
    /// A block of one instruction is smaller than this, and the smallest buffer of any build is larger.
    private static final long BLOCK = 1 << 16;

    private static final long SMALLEST = 1 << 20;
    private static final long LARGEST = 1L << 31;

    // SAFETY: read only where calibration has found the structures of an instance that is open.
    @SuppressWarnings("restricted")
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /// Finds the buffer of instances of one architecture.
    ///
    /// @param arch [UnicornConstants#UC_ARCH_ARM64] or [UnicornConstants#UC_ARCH_ARM]
    /// @return empty if nothing, or more than one thing, looks like it
    static Optional<CodeBuffer> calibrate(UnicornLibrary library, int arch) {
        boolean a64 = arch == UnicornConstants.UC_ARCH_ARM64;
        int model = a64 ? UnicornConstants.UC_CPU_ARM64_A57 : UnicornConstants.UC_CPU_ARM_CORTEX_A15;
        try (Arena memory = Arena.ofConfined();
                HostMemory own = HostMemory.open();
                Unicorn probe = Unicorn.open(library, arch, model)) {
            // SAFETY: the probe is closed before the arena is.
            MemorySegment page = memory.allocate(MemoryMap.PAGE, MemoryMap.PAGE);
            int loop = a64 ? A64_LOOP : A32_LOOP;
            for (long at = 0; at < MemoryMap.PAGE; at += STEP) {
                page.set(JAVA_INT, at, loop);
            }
            probe.mapMemory(PROBE, page, UnicornConstants.UC_PROT_READ | UnicornConstants.UC_PROT_EXEC);
            probe.start(PROBE, 1);
            long[][] before = structures(probe, own);
            probe.start(PROBE + STEP, 1);
            return only(before, structures(probe, own));
        } catch (EngineException e) {
            return Optional.empty();
        }
    }

    /// The structures to which the words of the handle's structure point; empty for a word that is not a pointer.
    private static long[][] structures(Unicorn probe, HostMemory own) {
        long[] handle = words(own.read(probe.handle(), SEARCHED));
        return Arrays.stream(handle)
                .mapToObj(address -> structure(own, address))
                .toArray(long[][]::new);
    }

    private static long[] structure(HostMemory own, long address) {
        ByteBuffer bytes = own.read(address, address % Long.BYTES == 0 ? SEARCHED_BEHIND : 0);
        return bytes.limit() < SEARCHED_BEHIND ? new long[0] : words(bytes);
    }

    private static long[] words(ByteBuffer bytes) {
        long[] words = new long[bytes.limit() / Long.BYTES];
        bytes.asLongBuffer().get(words);
        return words;
    }

    /// The nearest of the pointers that lead to it: memory before the structure may have pointers too.
    private static Optional<CodeBuffer> only(long[][] before, long[][] after) {
        Optional<CodeBuffer> found = Optional.empty();
        long place = 0;
        for (int k = 0; k < Math.min(before.length, after.length); k++) {
            int words = Math.min(before[k].length, after[k].length);
            for (int at = 0; at + FIELDS <= words; at++) {
                if (isNext(before[k], after[k], at)) {
                    if (found.isPresent() && after[k][at] != place) {
                        return Optional.empty();
                    }
                    place = after[k][at];
                    CodeBuffer candidate = new CodeBuffer(k * Long.BYTES, at * Long.BYTES);
                    found = found.filter(best -> best.next() < candidate.next()).or(() -> Optional.of(candidate));
                }
            }
        }
        return found;
    }

    private static boolean isNext(long[] before, long[] after, int at) {
        long grown = after[at] - before[at];
        long room = after[at + 2] - after[at];
        return grown > 0 && grown < BLOCK && before[at + 2] == after[at + 2] && room > SMALLEST && room <= LARGEST;
    }

    /// How many bytes of translated code an instance still has room for.
    public long room(Unicorn engine) {
        // SAFETY: the handle is open, and calibration has found in it the translator's structure, which lives as long
        // as the instance.
        long structure = MEMORY.get(JAVA_LONG, engine.handle() + context);
        return MEMORY.get(JAVA_LONG, structure + next + 2 * Long.BYTES) - MEMORY.get(JAVA_LONG, structure + next);
    }
}
