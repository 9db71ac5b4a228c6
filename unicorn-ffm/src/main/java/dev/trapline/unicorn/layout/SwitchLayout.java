package dev.trapline.unicorn.layout;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.board.cpu.SystemRegister;
import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.ffi.UnicornError;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.IntPredicate;

/// The position of the two values in a context image of this library that an exception entry changes and no register
/// shows. AArch64 only.
///
/// ```text
///  flags  : the translation flags, 32 bits (TranslationFlags)
///  monitor: the address in the exclusive monitor, 64 bits; all ones when it is cleared
/// ```
///
/// The offsets differ between builds. To find them, a probe engine executes an exception return, LDXR and CLREX. The
/// flags are the word that the return changes as [TranslationFlags] describes.
///
/// @param flags offset in bytes from the start of the image
/// @param monitor the same
public record SwitchLayout(int flags, int monitor) {

    private static final long CLEARED = -1;

    private static final long PROBE = 0x10000;
    private static final int[] CODE = {
        0xd518_1001, // msr sctlr_el1, x1
        0xd69f_03e0, // eret
        0xc85f_7c02, // ldxr x2, [x0]
        0xd503_3f5f, // clrex
    };
    private static final int MSR = 0;
    private static final int ERET = 1;
    private static final int LDXR = 2;
    private static final int CLREX = 3;

    /// SCTLR_EL1.E0E: big-endian data at EL0, so that one more flag differs.
    private static final long BIG_ENDIAN_EL0 = 1 << 24;

    private static final long EL0 = 0;
    private static final long EL1H = 5;

    static SwitchLayout calibrate(UnicornLibrary library) {
        try (Arena memory = Arena.ofConfined();
                Unicorn probe =
                        Unicorn.open(library, UnicornConstants.UC_ARCH_ARM64, UnicornConstants.UC_CPU_ARM64_A57)) {
            // SAFETY: the probe is closed before the arena is.
            MemorySegment page = memory.allocate(MemoryMap.PAGE, MemoryMap.PAGE);
            MemorySegment.copy(CODE, 0, page, JAVA_INT, 0, CODE.length);
            probe.mapMemory(PROBE, page, UnicornConstants.UC_PROT_READ | UnicornConstants.UC_PROT_EXEC);
            NonSecureState.enter(probe);
            int flags = findFlags(probe);
            int monitor = findMonitor(probe);
            if (flags >= 0 && monitor >= 0) {
                return new SwitchLayout(flags, monitor);
            }
        }
        throw library.unknown("does not store the state that an exception entry changes where Trapline looks for it");
    }

    private static int findFlags(Unicorn probe) {
        long control = probe.readSystem(SystemRegister.SCTLR_EL1) | BIG_ENDIAN_EL0;
        write(probe, 1, control);
        MemorySegment above = step(probe, MSR);
        probe.writeSystem(SystemRegister.ELR_EL1, PROBE);
        probe.writeSystem(SystemRegister.SPSR_EL1, EL0);
        MemorySegment below = step(probe, ERET);
        return onlyOffset(above, Integer.BYTES, at -> {
            int up = above.get(JAVA_INT_UNALIGNED, at);
            int down = below.get(JAVA_INT_UNALIGNED, at);
            return TranslationFlags.isAarch64(up)
                    && TranslationFlags.at(up, EL0, control, 0) == down
                    && TranslationFlags.at(down, EL1H, control, 0) == up;
        });
    }

    private static int findMonitor(Unicorn probe) {
        long first = PROBE + MemoryMap.PAGE / 2;
        long second = first + Long.BYTES;
        MemorySegment[] held = new MemorySegment[2];
        write(probe, 0, first);
        held[0] = step(probe, LDXR);
        MemorySegment cleared = step(probe, CLREX);
        write(probe, 0, second);
        held[1] = step(probe, LDXR);
        return onlyOffset(
                cleared,
                Long.BYTES,
                at -> held[0].get(JAVA_LONG_UNALIGNED, at) == first
                        && cleared.get(JAVA_LONG_UNALIGNED, at) == CLEARED
                        && held[1].get(JAVA_LONG_UNALIGNED, at) == second);
    }

    private static void write(Unicorn probe, int x, long value) {
        RegisterBatch register = probe.registers(UnicornConstants.x(x));
        register.set(0, 0, value);
        register.write(1);
    }

    /// Executes one instruction of [#CODE].
    ///
    /// @return a copy of the state after it
    private static MemorySegment step(Unicorn probe, int instruction) {
        UnicornError.check(probe.start(PROBE + (long) instruction * Integer.BYTES, 1), "probing the library");
        return MemorySegment.ofArray(probe.saveContext().toArray(JAVA_BYTE));
    }

    /// The only multiple of 4 that fulfils the condition, or -1.
    private static int onlyOffset(MemorySegment image, int width, IntPredicate condition) {
        int found = -1;
        for (int at = 0; at + width <= image.byteSize(); at += Integer.BYTES) {
            if (condition.test(at)) {
                if (found >= 0) {
                    return -1;
                }
                found = at;
            }
        }
        return found;
    }

    public int flags(MemorySegment context) {
        return context.get(JAVA_INT_UNALIGNED, flags);
    }

    public void setFlags(MemorySegment context, int value) {
        context.set(JAVA_INT_UNALIGNED, flags, value);
    }

    /// Clears the monitor: no store-exclusive succeeds without a new load-exclusive.
    public void clearMonitor(MemorySegment context) {
        context.set(JAVA_LONG_UNALIGNED, monitor, CLEARED);
    }

    /// Whether a store-exclusive could succeed.
    public boolean monitorIsSet(MemorySegment context) {
        return context.get(JAVA_LONG_UNALIGNED, monitor) != CLEARED;
    }
}
