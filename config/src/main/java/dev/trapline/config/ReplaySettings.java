package dev.trapline.config;

import java.time.Duration;

/// How a recording is replayed.
///
/// @param spacing of checkpoints, in replaying time
/// @param budget for those beside a recording, in bytes; 0 to make none
/// @param database that the user has named, in case the recording's events are there
public record ReplaySettings(Duration spacing, long budget, TraplineConfig.PostgreSql database) {}
