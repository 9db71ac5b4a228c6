package dev.trapline.unicorn.layout;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.board.cpu.SystemRegister;
import dev.trapline.unicorn.ffi.Context;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.ffi.UnicornError;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// The parts of a context image that belong to the host, not to the guest. They are left out of saved states, so that
/// equal CPUs give equal bytes.
///
/// ```text
///  0      : length of the CPU state, 64 bits
///  8      : the library's own data, including pointers, up to the CPU state
///  header : the CPU state
///  clock  : when the performance monitors last read the host's clock, 64 bits
///  entry  : AArch32 only: the last start address of the library, 64 bits
/// ```
///
/// The entry is the PC of AArch64, which an AArch32 CPU does not use: it executes from r15. The library sets both when
/// it is started, and the number of starts in a slice depends on the code that is already translated.
///
/// The syndrome of an AArch64 CPU's last exception is left out too ([CpuStateLayout]). It is read when the exception
/// has ended a slice, and never later: the guest reads ESR_EL1. The library also writes it when it restores the state
/// in the middle of a block.
///
/// No guest sees the clock: the monitors' registers are answered from virtual time. Its offset differs between builds,
/// but is the same for AArch64 and AArch32, which share one structure for the CPU state. To find it, a probe engine
/// returns from an exception to the same instruction many times: nothing else changes. To find the entry, an AArch32
/// probe is started at two addresses.
///
/// @param clock offset in bytes from the start of the image; [#NONE] if nothing changed
/// @param entry the same; [#NONE] if this build does not have it
public record ImageLayout(int clock, int entry) {

    static final int NONE = -1;

    private static final long PROBE = 0x10000;
    /// `eret`.
    private static final int ERET = 0xd69f_03e0;
    /// EL1h, DAIF masked.
    private static final long EL1H = 0x3c5;

    private static final int TIMES = 64;

    private static final int A32_NOP = 0xe1a0_0000;
    /// Offsets of the AArch32 probe's start addresses in its page. They are so far apart that the PCs cannot be
    /// confused.
    private static final int FIRST_ENTRY = 0x40;

    private static final int SECOND_ENTRY = 0x84;

    static ImageLayout calibrate(UnicornLibrary library) {
        return new ImageLayout(findClock(library), findEntry(library));
    }

    private static int findClock(UnicornLibrary library) {
        try (Arena memory = Arena.ofConfined();
                Unicorn probe =
                        Unicorn.open(library, UnicornConstants.UC_ARCH_ARM64, UnicornConstants.UC_CPU_ARM64_A57)) {
            // SAFETY: the probe is closed before the arena is.
            MemorySegment page = memory.allocate(MemoryMap.PAGE, MemoryMap.PAGE);
            page.set(JAVA_INT, 0, ERET);
            probe.mapMemory(PROBE, page, UnicornConstants.UC_PROT_READ | UnicornConstants.UC_PROT_EXEC);
            NonSecureState.enter(probe);
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
            return found;
        }
    }

    private static int findEntry(UnicornLibrary library) {
        try (Arena memory = Arena.ofConfined();
                Unicorn probe =
                        Unicorn.open(library, UnicornConstants.UC_ARCH_ARM, UnicornConstants.UC_CPU_ARM_CORTEX_A15)) {
            // SAFETY: the probe is closed before the arena is.
            MemorySegment page = memory.allocate(MemoryMap.PAGE, MemoryMap.PAGE);
            for (long at = 0; at < MemoryMap.PAGE; at += Integer.BYTES) {
                page.set(JAVA_INT, at, A32_NOP);
            }
            probe.mapMemory(PROBE, page, UnicornConstants.UC_PROT_READ | UnicornConstants.UC_PROT_EXEC);
            MemorySegment first = MemorySegment.ofArray(startAt(probe, PROBE + FIRST_ENTRY));
            MemorySegment second = MemorySegment.ofArray(startAt(probe, PROBE + SECOND_ENTRY));
            int found = NONE;
            for (int at = Context.header(first); at + Long.BYTES <= first.byteSize(); at += Long.BYTES) {
                if (first.get(JAVA_LONG_UNALIGNED, at) == PROBE + FIRST_ENTRY
                        && second.get(JAVA_LONG_UNALIGNED, at) == PROBE + SECOND_ENTRY) {
                    if (found != NONE) {
                        throw unknown(library);
                    }
                    found = at;
                }
            }
            return found;
        }
    }

    // Runs more than one instruction, so that r15 is not the start address.
    private static byte[] startAt(Unicorn probe, long address) {
        UnicornError.check(probe.start(address, 3), "probing the library");
        return probe.saveContext().toArray(JAVA_BYTE);
    }

    private static byte[] step(Unicorn probe) {
        UnicornError.check(probe.start(PROBE, 1), "probing the library");
        return probe.saveContext().toArray(JAVA_BYTE);
    }

    private static EngineException unknown(UnicornLibrary library) {
        return library.unknown("has a CPU state with contents that Trapline does not know");
    }

    /// A copy of an image without the host's parts.
    ///
    /// @param a64 whether the image is from an AArch64 CPU
    /// @param state the position of the last exception in the image
    public byte[] guests(MemorySegment image, boolean a64, CpuStateLayout state) {
        byte[] copy = image.toArray(JAVA_BYTE);
        Arrays.fill(copy, Long.BYTES, Context.header(image), (byte) 0);
        clear(copy, clock);
        if (a64) {
            state.clearSyndrome(copy);
        } else {
            clear(copy, entry);
        }
        return copy;
    }

    private static void clear(byte[] copy, int at) {
        if (at != NONE && at + Long.BYTES <= copy.length) {
            Arrays.fill(copy, at, at + Long.BYTES, (byte) 0);
        }
    }
}
