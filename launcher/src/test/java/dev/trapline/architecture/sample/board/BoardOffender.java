package dev.trapline.architecture.sample.board;

import dev.trapline.architecture.sample.vcpu.VcpuOffender;

/// Knows a module above its own.
public record BoardOffender(VcpuOffender above) {}
