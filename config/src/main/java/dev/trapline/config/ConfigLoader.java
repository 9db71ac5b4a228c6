package dev.trapline.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValueFactory;
import dev.trapline.abi.file.Waiting;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Merges the layers of a configuration.
///
/// From the strongest to the weakest: `--set`, the other options, the file, the profile that they name, the reference.
/// Nothing else counts: neither system properties nor, unless a file contains `${NAME}`, environment variables.
public final class ConfigLoader {

    static final String ROOT = "trapline";
    /// The origin of every default.
    static final String REFERENCE = "reference.conf";
    private static final String SET = "--set ";
    static final String SERVICES = "trapline.firmware.services";

    /// Sections whose keys depend on the loaded services.
    static final List<String> OPEN = List.of(SERVICES, PolicySettings.TOGGLES, RegisterSettings.REGISTERS);

    /// The longest key that `--set` takes, in characters: far longer than any existing key.
    private static final int LONGEST_KEY = 200;

    private final List<CommandLineSetting> options = new ArrayList<>();
    private final List<String> assignments = new ArrayList<>();
    private @Nullable Path file;
    private Waiting waiting = Waiting.UNLIMITED;

    /// Reads a file.
    public ConfigLoader file(Path path) {
        file = path;
        return this;
    }

    /// Sets how to wait for files that are pipes.
    public ConfigLoader waiting(Waiting how) {
        waiting = how;
        return this;
    }

    /// Sets keys from options.
    public ConfigLoader options(List<CommandLineSetting> settings) {
        options.addAll(settings);
        return this;
    }

    /// Sets keys from `--set`.
    ///
    /// @param texts `key=value` each; the root may be left out of the key
    public ConfigLoader assignments(List<String> texts) {
        assignments.addAll(texts);
        return this;
    }

    /// Reads and merges all layers.
    ///
    /// @throws ConfigException if a layer cannot be read, or a key is unknown
    public LayeredConfig load() {
        Config reference = reference();
        List<ConfigProblem> problems = new ArrayList<>();
        ConfigFiles files = new ConfigFiles(waiting);
        Config strong = ConfigFactory.empty();
        List<GivenKeys.Layer> layers = new ArrayList<>();
        for (CommandLineSetting setting : options) {
            layers.add(new GivenKeys.Layer(setting.option(), option(setting)));
        }
        for (String text : assignments) {
            Config assigned = assignment(text, files, problems);
            layers.add(new GivenKeys.Layer(SET + Shown.assignment(text), assigned));
            strong = assigned.withFallback(strong);
        }
        Config merged = strong.withFallback(optionLayer()).withFallback(fileLayer(files, problems));
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        Config resolved = resolve(merged.withFallback(reference), files, reference);
        if (!new KnownKeys(reference.root(), OPEN, problems).check(resolved.root())) {
            throw new ConfigException(problems);
        }
        @Nullable Config profile = Profiles.named(resolved, problems);
        if (profile != null) {
            resolved = resolve(merged.withFallback(profile).withFallback(reference), files, reference);
        }
        Set<String> commandLine = new TreeSet<>();
        layers.forEach(layer -> commandLine.add(layer.text()));
        return new LayeredConfig(
                resolved,
                problems,
                new GivenKeys(reference.root(), commandLine).of(resolved),
                GivenKeys.overridden(layers));
    }

    /// The reference: the default of every key.
    static Config reference() {
        return own(REFERENCE, REFERENCE);
    }

    /// A file of this package.
    ///
    /// @param origin its name in messages
    static Config own(String file, String origin) {
        try (InputStream in = ConfigLoader.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing next to " + ConfigLoader.class.getName());
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return ConfigFactory.parseString(
                    withoutComments(text), ConfigParseOptions.defaults().setOriginDescription(origin));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /// The same lines, with comment lines emptied. The library would scan every character of the comments, which
    /// would take longer than the rest of the text.
    private static String withoutComments(String text) {
        return text.lines()
                .map(line -> line.stripLeading().startsWith("#") ? "" : line)
                .collect(Collectors.joining("\n"));
    }

    private Config optionLayer() {
        Config layer = ConfigFactory.empty();
        for (CommandLineSetting setting : options) {
            layer = option(setting).withFallback(layer);
        }
        return layer;
    }

    private static Config option(CommandLineSetting setting) {
        return ConfigValueFactory.fromAnyRef(setting.value(), setting.option()).atPath(setting.path());
    }

    private Config fileLayer(ConfigFiles files, List<ConfigProblem> problems) {
        Path path = file;
        if (path == null) {
            return ConfigFactory.empty();
        }
        try {
            return files.readFirst(path, "--config " + path);
        } catch (ConfigException e) {
            problems.addAll(e.problems());
            return ConfigFactory.empty();
        }
    }

    private static Config assignment(String text, ConfigFiles files, List<ConfigProblem> problems) {
        String origin = SET + Shown.assignment(text);
        int equals = text.indexOf('=');
        String key = equals < 0 ? "" : text.substring(0, equals).strip();
        if (key.length() > LONGEST_KEY || !key.matches("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*")) {
            problems.add(new ConfigProblem(origin, "", "takes KEY=VALUE, as in --set machine.cpus=4"));
            return ConfigFactory.empty();
        }
        String path = key.startsWith(ROOT + ".") ? key : ROOT + "." + key;
        String value = text.substring(equals + 1).strip();
        try {
            if (!value.isEmpty()) {
                HoconText.check(value, origin, new HoconText.Counts());
                return ConfigFactory.parseString(
                        path + " = " + value,
                        ConfigParseOptions.defaults()
                                .setOriginDescription(origin)
                                .setIncluder(new FileIncluder(files, Path.of("here"), origin, text, false)));
            }
        } catch (com.typesafe.config.ConfigException e) {
            // Not HOCON: then the text is taken literally, like a path with a colon in it. Lists and sections are not.
            if (value.startsWith("[") || value.startsWith("{")) {
                problems.add(LibraryErrors.ofParsing(e, origin, text));
                return ConfigFactory.empty();
            }
        } catch (ConfigException e) {
            problems.addAll(e.problems());
            return ConfigFactory.empty();
        }
        return ConfigValueFactory.fromAnyRef(value, origin).atPath(path);
    }

    private static Config resolve(Config merged, ConfigFiles files, Config reference) {
        try {
            Expansion.check(merged.root(), files.names());
            Config resolved = merged.resolve();
            return files.hasIncluded()
                    ? IncludedKeys.marked(merged.root(), resolved.root(), reference.root())
                            .toConfig()
                    : resolved;
        } catch (com.typesafe.config.ConfigException e) {
            throw new ConfigException(List.of(LibraryErrors.ofResolving(e, files.hasIncluded())));
        } catch (StackOverflowError e) {
            throw new ConfigException("configuration", "", "substitutions are nested too deep");
        }
    }
}
