package dev.trapline.config;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The settings of a replay.
///
/// @param spacing the distance between checkpoints, in replay time
/// @param budget the disk space for a recording's checkpoints, in bytes; 0 to make none
/// @param database the database that the user has named, for a recording whose events are there
/// @param library the engine's library; null to search for one
/// @param shortcuts the engine's shortcuts to use, in the engine's text form
public record ReplaySettings(
        Duration spacing,
        long budget,
        TraplineConfig.PostgreSql database,
        @Nullable Path library,
        String shortcuts) {}
