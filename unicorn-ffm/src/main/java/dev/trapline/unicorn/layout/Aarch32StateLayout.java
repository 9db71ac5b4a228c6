package dev.trapline.unicorn.layout;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.board.cpu.SystemRegister;
import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The state of an AArch64 CPU in AArch32 state, in its context images. The library's registers show only the AArch64
/// state. All positions follow from that of the translation flags ([SwitchLayout]); a probe engine checks them.
///
/// ```text
///  flags - 336: r0 to r15, 32 bits each      flags + 184: CF, VF, NF, ZF, QF, GE, thumb, IT; 32 bits each
///        - 272: x0 to x31, 64 bits each            + 224: DAIF, 64 bits
///        -  16: PC of AArch64
///        -   4: whether AArch64, 32 bits
///        +   4: the rest of CPSR, 32 bits
/// ```
///
/// @param flags offset in bytes from the start of the image
public record Aarch32StateLayout(int flags) {

    private static final int NUMBERED = 15;
    private static final long PROBE = 0x10000;
    /// `eret` in A64; `nop; nop` in T32.
    private static final int ERET = 0xd69f_03e0;

    private static final int T32_NOPS = 0xbf00_bf00;
    /// User mode, T32, Z and C set.
    private static final long PROBE_CPSR = 0x6000_0030;

    private static final long MARK = 0x5a00_0011;

    private static final int CPSR_REST = 4;
    /// J, E and the mode.
    private static final long REST = 0x0100_021f;

    private static final int CARRY = 184;
    private static final int OVERFLOW = 188;
    private static final int NEGATIVE = 192;
    private static final int NOT_ZERO = 196;
    private static final int SATURATION = 200;
    private static final int GREATER = 204;
    private static final int THUMB = 208;
    private static final int IT = 212;
    private static final int DAIF = 224;

    /// The layout of a library; null if its images are different.
    static @Nullable Aarch32StateLayout calibrate(UnicornLibrary library, SwitchLayout switching) {
        Aarch32StateLayout layout = new Aarch32StateLayout(switching.flags());
        try (Arena memory = Arena.ofConfined();
                Unicorn probe =
                        Unicorn.open(library, UnicornConstants.UC_ARCH_ARM64, UnicornConstants.UC_CPU_ARM64_A57)) {
            // SAFETY: the probe is closed before the arena is.
            MemorySegment page = memory.allocate(MemoryMap.PAGE, MemoryMap.PAGE);
            page.set(JAVA_INT, 0, ERET);
            page.set(JAVA_INT, 4, T32_NOPS);
            probe.mapMemory(PROBE, page, UnicornConstants.UC_PROT_READ | UnicornConstants.UC_PROT_EXEC);
            NonSecureState.enter(probe);
            for (int n = 0; n < NUMBERED; n++) {
                RegisterBatch register = probe.registers(UnicornConstants.x(n));
                register.set(0, 0, MARK + n);
                register.write(1);
            }
            probe.writeSystem(SystemRegister.ELR_EL1, PROBE + Integer.BYTES);
            probe.writeSystem(SystemRegister.SPSR_EL1, PROBE_CPSR);
            boolean returned = probe.start(PROBE, 1) == UnicornConstants.UC_ERR_OK;
            return returned
                            && layout.isAsProbed(
                                    MemorySegment.ofArray(probe.saveContext().toArray(JAVA_BYTE)))
                    ? layout
                    : null;
        }
    }

    private boolean isAsProbed(MemorySegment image) {
        boolean same = registers() >= Long.BYTES && image.byteSize() > flags + DAIF + Long.BYTES;
        long[] found = new long[GeneralRegisters.COUNT];
        if (same) {
            read(image, found);
        }
        for (int n = 0; n < NUMBERED; n++) {
            same &= found[n] == MARK + n;
        }
        return same
                && !isAarch64(image)
                && found[GeneralRegisters.PC] == PROBE + Integer.BYTES
                && found[GeneralRegisters.PSTATE] == PROBE_CPSR;
    }

    private int registers() {
        return flags - 336;
    }

    /// Whether the CPU is in AArch64 state.
    boolean isAarch64(MemorySegment image) {
        return image.get(JAVA_INT_UNALIGNED, flags - 4) != 0;
    }

    /// Reads r0 to r14, PC and CPSR. The other registers are zero.
    public void read(MemorySegment image, long[] into) {
        for (int n = 0; n <= NUMBERED; n++) {
            into[n] = word(image, registers() + n * Integer.BYTES);
        }
        into[GeneralRegisters.PC] = into[NUMBERED];
        for (int n = NUMBERED; n < GeneralRegisters.SP; n++) {
            into[n] = 0;
        }
        into[GeneralRegisters.SP] = into[13];
        into[GeneralRegisters.PSTATE] = cpsr(image);
    }

    private long cpsr(MemorySegment image) {
        long it = word(image, flags + IT);
        return (word(image, flags + CPSR_REST) & REST)
                | (word(image, flags + NEGATIVE) & 0x8000_0000L)
                | (word(image, flags + NOT_ZERO) == 0 ? 1L << 30 : 0)
                | word(image, flags + CARRY) << 29
                | (word(image, flags + OVERFLOW) & 0x8000_0000L) >>> 3
                | word(image, flags + SATURATION) << 27
                | (it & 3) << 25
                | (word(image, flags + GREATER) & 0xf) << 16
                | (it & 0xfc) << 8
                | (image.get(JAVA_LONG_UNALIGNED, flags + DAIF) & 0x1c0)
                | word(image, flags + THUMB) << 5;
    }

    private static long word(MemorySegment image, int at) {
        return Integer.toUnsignedLong(image.get(JAVA_INT_UNALIGNED, at));
    }

    /// Writes a register: r0 to r14.
    public void write(MemorySegment image, int register, long value) {
        image.set(JAVA_INT_UNALIGNED, registers() + register * Integer.BYTES, (int) value);
    }

    /// Writes the PC, and the IT state of a CPSR.
    public void writePc(MemorySegment image, long pc, long cpsr) {
        write(image, NUMBERED, pc);
        image.set(JAVA_INT_UNALIGNED, flags + IT, ItState.of(cpsr));
    }

    /// Makes the state of AArch64 follow: x0 to x14 are r0 to r14 (DDI0487 §D1.20.1). x15 to x30 keep their values.
    ///
    /// @param newFlags the translation flags of AArch64
    public void enterAarch64(MemorySegment image, int newFlags) {
        for (int n = 0; n < NUMBERED; n++) {
            image.set(
                    JAVA_LONG_UNALIGNED,
                    flags - 272 + (long) n * Long.BYTES,
                    word(image, registers() + n * Integer.BYTES));
        }
        image.set(JAVA_INT_UNALIGNED, flags - 4, 1);
        image.set(JAVA_INT_UNALIGNED, flags, newFlags);
    }
}
