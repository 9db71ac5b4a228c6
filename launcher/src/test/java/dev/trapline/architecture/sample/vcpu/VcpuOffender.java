package dev.trapline.architecture.sample.vcpu;

import dev.trapline.architecture.sample.launcher.LauncherOffender;

/// Knows a module above its own.
public record VcpuOffender(LauncherOffender above) {}
