package dev.trapline.architecture.sample.remote;

import dev.trapline.architecture.sample.launcher.LauncherOffender;

/// Knows a module above its own.
public record RemoteOffender(LauncherOffender above) {}
