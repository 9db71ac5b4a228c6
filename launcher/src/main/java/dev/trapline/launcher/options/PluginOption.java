package dev.trapline.launcher.options;

import dev.trapline.config.CommandLineSetting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The option that adds firmware services.
public final class PluginOption {

    private final List<Path> plugins = new ArrayList<>();

    @Option(
            names = "--plugin",
            paramLabel = "JAR",
            order = 30,
            description = "A JAR file with your own firmware services. May be repeated.")
    public void plugins(@Nullable List<Path> jars) {
        plugins.clear();
        if (jars != null) {
            plugins.addAll(jars);
        }
    }

    public List<Path> plugins() {
        return plugins;
    }

    /// The option as a configuration key; empty if it was not given.
    public List<CommandLineSetting> settings() {
        List<String> jars = plugins.stream().map(Path::toString).toList();
        return jars.isEmpty() ? List.of() : List.of(new CommandLineSetting("trapline.run.plugins", jars, "--plugin"));
    }
}
