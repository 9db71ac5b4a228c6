package dev.trapline.architecture.sample.registry;

import dev.trapline.architecture.sample.vcpu.VcpuOffender;

/// Knows a module above its own.
public record RegistryOffender(VcpuOffender above) {}
