package dev.trapline.architecture.sample.firmware;

import dev.trapline.architecture.sample.vcpu.VcpuOffender;

/// Knows a module above its own.
public record FirmwareOffender(VcpuOffender above) {}
