package dev.trapline.launcher.options;

import dev.trapline.abi.file.Waiting;
import dev.trapline.config.CommandLineSetting;
import dev.trapline.config.ConfigException;
import dev.trapline.config.ConfigLoader;
import dev.trapline.config.LayeredConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of every command that has a configuration.
public final class ConfigOptions {

    /// An assignment that may set the limit of host time, and reads no file.
    private static final Pattern TIMEOUT =
            Pattern.compile("\\s*(trapline\\.)?run(\\.timeout)?\\s*=(?!.*include).*", Pattern.DOTALL);

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

    /// The limit of host time as far as the command line says it, before a file is read: a file may be a pipe.
    ///
    /// @return zero if the command line says nothing of it or something wrong, or if there is no file to read
    public Duration timeout(List<CommandLineSetting> options) {
        if (file == null) {
            return Duration.ZERO;
        }
        try {
            return new ConfigLoader()
                    .options(options)
                    .assignments(assignments.stream()
                            .filter(text -> TIMEOUT.matcher(text).matches())
                            .toList())
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
    public LayeredConfig load(List<CommandLineSetting> options) {
        return load(options, Waiting.UNLIMITED);
    }

    /// As above.
    ///
    /// @param waiting how one waits for files that are pipes
    public LayeredConfig load(List<CommandLineSetting> options, Waiting waiting) {
        ConfigLoader loader = new ConfigLoader().waiting(waiting);
        if (file != null) {
            loader.file(file);
        }
        return loader.options(options).assignments(assignments).load();
    }
}
