package dev.trapline.architecture.sample.timeline;

import dev.trapline.architecture.sample.vcpu.VcpuOffender;

/// Knows a module above its own.
public record TimelineOffender(VcpuOffender above) {}
