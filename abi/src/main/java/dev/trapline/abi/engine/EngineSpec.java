package dev.trapline.abi.engine;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.Mpidr;
import dev.trapline.abi.Width;

/// What an engine is opened with.
///
/// @param model the CPU to be; for [Width#AARCH32] the library's own 32-bit model of the same generation
/// @param width the register width of the whole machine
/// @param mpidr the value its MPIDR_EL1 reads
/// @param memory the physical address space; shared by all engines of the machine
/// @param exportFailedConditionCalls whether an AArch32 SMC that fails its condition check is an exit; otherwise it is
///     skipped. Not used for [Width#AARCH64]
public record EngineSpec(
        CpuModel model, Width width, Mpidr mpidr, MemoryMap memory, boolean exportFailedConditionCalls) {}
