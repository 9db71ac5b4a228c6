package dev.trapline.launcher;

import dev.trapline.config.ConfigLoader;
import dev.trapline.config.LayeredConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What is said of the checkpoints beside a recording.
final class CheckpointOptions {

    private final List<String> assignments = new ArrayList<>();
    private @Nullable Path configFile;

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

    /// Reads the configuration.
    LayeredConfig layers() {
        ConfigLoader loader = new ConfigLoader();
        if (configFile != null) {
            loader.file(configFile);
        }
        return loader.assignments(assignments).load();
    }

    /// Adds the rules for what a command that replays cannot use.
    static void check(WithoutEffect rules) {
        List<String> used = List.of("replay.", "record.postgresql.");
        rules.allKeysBut("a replay takes it from the recording", used)
                .passOverAllBut("a replay takes it from the recording", used);
    }
}
