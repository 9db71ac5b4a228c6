package dev.trapline.unicorn.layout;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// The position of the syndrome and the address of the last exception in a context image of this library. No register
/// shows them.
///
/// ```text
///  syndrome + 0: syndrome, 32 bits in the layout of ESR_ELx
///           + 4: fault status of AArch32, 32 bits
///           + 8: faulting virtual address, 64 bits
/// ```
///
/// The offset differs between builds. To find it, a probe engine executes an SVC with an immediate that occurs nowhere
/// else.
///
/// @param syndrome offset in bytes from the start of the image
public record CpuStateLayout(long syndrome) {

    private static final long FAULT_STATUS = 4;
    private static final long FAULT_ADDRESS = 8;
    private static final long PROBE = 0x10000;
    /// `svc #0x1234` in A64 and its syndrome: EC 0x15, IL, the immediate.
    private static final int A64_SVC = 0xd400_0001 | (0x1234 << 5);

    private static final int A64_SYNDROME = 0x5600_1234;
    /// `svc #0x1234` in A32 and its syndrome: EC 0x11, IL, the immediate.
    private static final int A32_SVC = 0xef00_1234;

    private static final int A32_SYNDROME = 0x4600_1234;

    static CpuStateLayout calibrateA64(UnicornLibrary library) {
        return calibrate(
                library, UnicornConstants.UC_ARCH_ARM64, UnicornConstants.UC_CPU_ARM64_A57, A64_SVC, A64_SYNDROME);
    }

    static CpuStateLayout calibrateA32(UnicornLibrary library) {
        return calibrate(
                library, UnicornConstants.UC_ARCH_ARM, UnicornConstants.UC_CPU_ARM_CORTEX_A15, A32_SVC, A32_SYNDROME);
    }

    private static CpuStateLayout calibrate(UnicornLibrary library, int arch, int model, int svc, int syndrome) {
        try (Arena memory = Arena.ofConfined();
                Unicorn probe = Unicorn.open(library, arch, model)) {
            // SAFETY: the probe is closed before the arena is.
            MemorySegment page = memory.allocate(MemoryMap.PAGE, MemoryMap.PAGE);
            page.set(JAVA_INT, 0, svc);
            probe.mapMemory(PROBE, page, UnicornConstants.UC_PROT_READ | UnicornConstants.UC_PROT_EXEC);
            // No hook handles the exception, so the run ends with an error, as expected.
            probe.start(PROBE, 1);
            MemorySegment context = probe.saveContext();
            for (long at = 0; at + FAULT_ADDRESS + Long.BYTES <= context.byteSize(); at += Integer.BYTES) {
                if (context.get(JAVA_INT_UNALIGNED, at) == syndrome) {
                    return new CpuStateLayout(at);
                }
            }
        }
        throw new EngineException("its CPU state has no exception syndrome where Trapline looks for it");
    }

    public int syndrome(MemorySegment context) {
        return context.get(JAVA_INT_UNALIGNED, syndrome);
    }

    /// What DFSR or IFSR of AArch32 gets.
    public long faultStatus(MemorySegment context) {
        return Integer.toUnsignedLong(context.get(JAVA_INT_UNALIGNED, syndrome + FAULT_STATUS));
    }

    /// Clears the syndrome in a copy of an image.
    public void clearSyndrome(byte[] image) {
        int at = Math.toIntExact(syndrome);
        Arrays.fill(image, at, at + Integer.BYTES, (byte) 0);
    }

    public long faultAddress(MemorySegment context) {
        return context.get(JAVA_LONG_UNALIGNED, syndrome + FAULT_ADDRESS);
    }

    /// Clears the last exception's syndrome in an image.
    public void clearSyndrome(MemorySegment context) {
        context.set(JAVA_INT_UNALIGNED, syndrome, 0);
    }
}
