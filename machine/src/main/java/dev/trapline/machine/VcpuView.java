package dev.trapline.machine;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.machine.VcpuState;
import org.jspecify.annotations.Nullable;

/// A vCPU at one position of a recording.
///
/// @param next whether it runs next
/// @param registers the registers before its next instruction; null if it has no power
public record VcpuView(
        VcpuId vcpu,
        VcpuState state,
        boolean next,
        @Nullable GeneralRegisters registers) {}
