package dev.trapline.architecture.sample.explore;

import dev.trapline.architecture.sample.vcpu.VcpuOffender;

/// Knows a module above its own.
public record ExploreOffender(VcpuOffender above) {}
