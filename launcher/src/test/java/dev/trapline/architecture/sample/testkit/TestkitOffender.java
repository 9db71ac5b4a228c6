package dev.trapline.architecture.sample.testkit;

import dev.trapline.architecture.sample.vcpu.VcpuOffender;

/// Knows a module above its own.
public record TestkitOffender(VcpuOffender above) {}
