package dev.trapline.architecture.sample.abi;

import dev.trapline.architecture.sample.vcpu.VcpuOffender;

/// Knows a module above its own.
public record AbiOffender(VcpuOffender above) {}
