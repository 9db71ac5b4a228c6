package dev.trapline.abi.engine;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.Mpidr;
import dev.trapline.abi.Width;
import org.jspecify.annotations.Nullable;

/// What an engine is opened with.
///
/// @param model the CPU to be; for [Width#AARCH32] the library's own 32-bit model of the same generation
/// @param width the register width of the whole machine
/// @param mpidr the value its MPIDR_EL1 reads
/// @param memory the physical address space; shared by all engines of the machine
/// @param exportFailedConditionCalls whether an AArch32 SMC that fails its condition check is an exit; otherwise it is
///     skipped. Not used for [Width#AARCH64]
/// @param wiring connects its interrupts and timers; null on a board without an interrupt controller. A wired CPU takes
///     its exceptions and interrupts to EL1 within the slice; on one that is not, an exception ends the slice
public record EngineSpec(
        CpuModel model,
        Width width,
        Mpidr mpidr,
        MemoryMap memory,
        boolean exportFailedConditionCalls,
        @Nullable CpuWiring wiring) {

    /// A CPU that is not wired.
    public EngineSpec(CpuModel model, Width width, Mpidr mpidr, MemoryMap memory, boolean exportFailedConditionCalls) {
        this(model, width, mpidr, memory, exportFailedConditionCalls, null);
    }

    /// The same CPU in another address space.
    public EngineSpec withMemory(MemoryMap other) {
        return new EngineSpec(model, width, mpidr, other, exportFailedConditionCalls, wiring);
    }
}
