package dev.trapline.unicorn;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.engine.MemoryMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// What in a context image is the host's and not the guest's: it is left out of what is saved, so that equal CPUs give
/// equal bytes.
///
/// ```text
///  0      : length of the CPU state, 64 bits
///  8      : the library's own, pointers among it, up to where the CPU state begins
///  header : the CPU state
///  clock  : when the performance monitors last looked at the host's clock, 64 bits
/// ```
///
/// No guest sees the clock: the monitors' registers are answered from virtual time. Its offset differs between builds,
/// and is the same for AArch64 and AArch32, whose CPU state is one structure. It is found by letting a probe engine
/// return from an exception to the same instruction over and over: nothing else changes.
///
/// @param clock offset in bytes from the start of the image; [#NONE] if nothing changed
record ImageLayout(int clock) {

    static final int NONE = -1;

    private static final long PROBE = 0x10000;
    /// `eret`.
    private static final int ERET = 0xd69f_03e0;
    /// EL1h, DAIF masked.
    private static final long EL1H = 0x3c5;

    private static final int TIMES = 64;

    static ImageLayout calibrate(UnicornLibrary library) {
        try (Arena memory = Arena.ofConfined();
                Unicorn probe =
                        Unicorn.open(library, UnicornConstants.UC_ARCH_ARM64, UnicornConstants.UC_CPU_ARM64_A57)) {
            // SAFETY: the probe is closed before the arena is.
            MemorySegment page = memory.allocate(MemoryMap.PAGE, MemoryMap.PAGE);
            page.set(JAVA_INT, 0, ERET);
            probe.mapMemory(PROBE, page, UnicornConstants.UC_PROT_READ | UnicornConstants.UC_PROT_EXEC);
            Aarch64.setSecurityState(probe);
            probe.writeSystem(SystemRegister.ELR_EL1, PROBE);
            probe.writeSystem(SystemRegister.SPSR_EL1, EL1H);
            int found = NONE;
            byte[] before = step(probe);
            for (int n = 0; n < TIMES; n++) {
                byte[] after = step(probe);
                for (int at = 0; at < after.length; at += Long.BYTES) {
                    int end = Math.min(at + Long.BYTES, after.length);
                    if (!Arrays.equals(before, at, end, after, at, end)) {
                        if (found != NONE && found != at) {
                            throw unknown(library);
                        }
                        found = at;
                    }
                }
                before = after;
            }
            return new ImageLayout(found);
        }
    }

    private static byte[] step(Unicorn probe) {
        UnicornError.check(probe.start(PROBE, 1), "probing the library");
        return probe.saveContext().toArray(JAVA_BYTE);
    }

    private static EngineException unknown(UnicornLibrary library) {
        return new EngineException("this build of Unicorn keeps more of the host's time in a CPU's state than Trapline"
                + " knows of: " + library.identity() + "; use version 2.0.1 or 2.1");
    }

    /// Where the CPU state begins.
    static int header(MemorySegment image) {
        return Math.toIntExact(image.byteSize() - image.get(JAVA_LONG_UNALIGNED, 0));
    }

    /// A copy of an image without what is the host's.
    byte[] guests(MemorySegment image) {
        byte[] copy = image.toArray(JAVA_BYTE);
        Arrays.fill(copy, Long.BYTES, header(image), (byte) 0);
        if (clock != NONE && clock + Long.BYTES <= copy.length) {
            Arrays.fill(copy, clock, clock + Long.BYTES, (byte) 0);
        }
        return copy;
    }
}
