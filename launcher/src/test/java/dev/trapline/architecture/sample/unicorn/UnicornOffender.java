package dev.trapline.architecture.sample.unicorn;

import dev.trapline.architecture.sample.vcpu.VcpuOffender;

/// Knows a module above its own.
public record UnicornOffender(VcpuOffender above) {}
