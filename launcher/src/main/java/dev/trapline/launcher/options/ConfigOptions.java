package dev.trapline.launcher.options;

import dev.trapline.config.CommandLineSetting;
import dev.trapline.config.ConfigLoader;
import dev.trapline.config.LayeredConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of every command that has a configuration.
public final class ConfigOptions {

    private final List<String> assignments = new ArrayList<>();
    private @Nullable Path file;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            order = 40,
            description = "Read configuration keys from this HOCON file.")
    void file(@Nullable Path value) {
        file = value;
    }

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            order = 41,
            description = "Set a configuration key. May be given more than once.")
    void assignments(@Nullable List<String> values) {
        assignments.clear();
        if (values != null) {
            assignments.addAll(values);
        }
    }

    /// Reads the configuration.
    ///
    /// @param options of the command that are keys by another name: stronger than the file, and weaker than `--set`
    public LayeredConfig load(List<CommandLineSetting> options) {
        ConfigLoader loader = new ConfigLoader();
        if (file != null) {
            loader.file(file);
        }
        return loader.options(options).assignments(assignments).load();
    }
}
