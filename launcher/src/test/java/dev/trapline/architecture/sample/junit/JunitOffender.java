package dev.trapline.architecture.sample.junit;

import dev.trapline.architecture.sample.launcher.LauncherOffender;

/// Knows a module above its own.
public record JunitOffender(LauncherOffender above) {}
