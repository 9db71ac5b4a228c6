package dev.trapline.launcher;

import dev.trapline.config.CommandLineSetting;
import dev.trapline.config.ConfigException;
import dev.trapline.config.ConfigLoader;
import dev.trapline.config.LayeredConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of every command that has a configuration.
final class ConfigOptions {

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

    /// The limit of host time as far as the command line says it, before a file is read: reading may take for ever.
    ///
    /// @return zero if the command line says nothing of it, something wrong, or if there is no file to read
    Duration timeout(List<CommandLineSetting> options) {
        try {
            return file == null
                    ? Duration.ZERO
                    : new ConfigLoader()
                            .options(options)
                            .assignments(assignments)
                            .load()
                            .timeout();
        } catch (ConfigException _) {
            // Said where all is read.
            return Duration.ZERO;
        }
    }

    /// Reads the configuration.
    ///
    /// @param options of the command that are keys by another name: stronger than the file, and weaker than `--set`
    LayeredConfig load(List<CommandLineSetting> options) {
        ConfigLoader loader = new ConfigLoader();
        if (file != null) {
            loader.file(file);
        }
        return loader.options(options).assignments(assignments).load();
    }
}
