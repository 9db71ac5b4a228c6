package dev.trapline.architecture.sample.launcher;

import dev.trapline.architecture.sample.vcpu.VcpuOffender;
import java.util.List;

/// Is known by a module below it, and so closes a cycle.
public record LauncherOffender(List<VcpuOffender> below) {}
