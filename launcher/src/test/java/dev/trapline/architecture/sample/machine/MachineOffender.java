package dev.trapline.architecture.sample.machine;

import dev.trapline.architecture.sample.vcpu.VcpuOffender;

/// Knows a module above its own.
public record MachineOffender(VcpuOffender above) {}
