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
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// The options of every command that has a configuration.
public final class ConfigOptions {

    /// An assignment that may set the time limit and includes no file.
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
            converter = Assignment.class,
            order = 41,
            description = "Set a configuration key. May be repeated.")
    void assignments(@Nullable List<String> values) {
        assignments.clear();
        if (values != null) {
            assignments.addAll(values);
        }
    }

    /// An assignment. Without its sign, the next word may be the value, and would be taken for a file.
    static final class Assignment implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            if (text.indexOf('=') < 0) {
                throw new TypeConversionException("it takes KEY=VALUE without spaces, as in --set machine.cpus=4");
            }
            return text;
        }
    }

    /// The time limit from the command line alone, before any file is read: a file may be a pipe that blocks.
    ///
    /// @return zero if the command line has no valid time limit, or if there is no file to read
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
            // The full read reports the error.
            return Duration.ZERO;
        }
    }

    /// Reads the configuration.
    ///
    /// @param options the command's options that stand for keys: they override the file, and `--set` overrides them
    public LayeredConfig load(List<CommandLineSetting> options) {
        return load(options, Waiting.UNLIMITED);
    }

    /// As above.
    ///
    /// @param waiting how to wait for files that are pipes
    public LayeredConfig load(List<CommandLineSetting> options, Waiting waiting) {
        ConfigLoader loader = new ConfigLoader().waiting(waiting);
        if (file != null) {
            loader.file(file);
        }
        return loader.options(options).assignments(assignments).load();
    }
}
