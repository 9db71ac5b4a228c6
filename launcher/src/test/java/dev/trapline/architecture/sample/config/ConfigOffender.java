package dev.trapline.architecture.sample.config;

import dev.trapline.architecture.sample.vcpu.VcpuOffender;

/// Knows a module above its own.
public record ConfigOffender(VcpuOffender above) {}
