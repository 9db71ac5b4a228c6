package dev.trapline.launcher;

import dev.trapline.config.ConfigLoader;
import dev.trapline.config.ReplaySettings;
import dev.trapline.journal.NamedDatabase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What is said of the checkpoints beside a recording.
final class CheckpointOptions {

    private final List<String> assignments = new ArrayList<>();
    private @Nullable Path configFile;
    private boolean none;

    @Option(
            names = "--no-checkpoints",
            order = 20,
            description = "Neither use the checkpoints beside the recording nor make any.")
    void none(boolean given) {
        none = given;
    }

    @Option(
            names = "--config",
            paramLabel = "FILE",
            order = 40,
            description = "Read configuration keys from this HOCON file: those of the section 'replay', and"
                    + " record.postgresql, count.")
    void configFile(@Nullable Path file) {
        configFile = file;
    }

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            order = 41,
            description = "Set a configuration key, as in --set replay.checkpoints.budget=1G. May be given more than"
                    + " once.")
    void assignments(@Nullable List<String> values) {
        assignments.clear();
        if (values != null) {
            assignments.addAll(values);
        }
    }

    /// Whether stored checkpoints are left alone.
    boolean areOff() {
        return none;
    }

    /// The database that the user has named, in case the recording's events are there.
    NamedDatabase database() {
        return Databases.named(settings().database());
    }

    /// Reads the configuration.
    ReplaySettings settings() {
        ConfigLoader loader = new ConfigLoader();
        if (configFile != null) {
            loader.file(configFile);
        }
        return loader.assignments(assignments).load().replay();
    }
}
