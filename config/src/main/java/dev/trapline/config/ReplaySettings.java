package dev.trapline.config;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How a recording is replayed.
///
/// @param spacing of checkpoints, in replaying time
/// @param budget for those beside a recording, in bytes; 0 to make none
/// @param database that the user has named, in case the recording's events are there
/// @param library the engine's library; null to look for one
/// @param shortcuts which of the engine's shortcuts may be used, as the engine takes it
public record ReplaySettings(
        Duration spacing,
        long budget,
        TraplineConfig.PostgreSql database,
        @Nullable Path library,
        String shortcuts) {}
