package dev.trapline.architecture.sample.journal;

import dev.trapline.architecture.sample.vcpu.VcpuOffender;

/// Knows a module above its own.
public record JournalOffender(VcpuOffender above) {}
