package dev.trapline.launcher.options;

import dev.trapline.config.CommandLineSetting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options of every command that runs a machine.
public final class CommonOptions {

    @Mixin
    private final PluginOption plugins = new PluginOption();

    private @Nullable Path result;
    private @Nullable Path library;
    private @Nullable String shortcuts;

    @Option(
            names = "--library",
            paramLabel = "FILE",
            order = 31,
            description = "The Unicorn 2 library to use. Default: the system's, else the one that came with Trapline.")
    void library(@Nullable Path file) {
        library = file;
    }

    @Option(
            names = "--shortcuts",
            paramLabel = "WHICH",
            order = 31,
            description =
                    "What makes the engine faster: all, none, or names as 'trapline version --engine' lists them, with"
                            + " commas between them (default all). Changes nothing else.")
    void shortcuts(@Nullable String which) {
        shortcuts = which;
    }

    @Option(
            names = "--result",
            paramLabel = "FILE",
            order = 32,
            description = "Write to this file how it ended, as JSON.")
    public void result(@Nullable Path file) {
        result = file;
    }

    /// Those that are configuration keys by another name and mean the same to all commands.
    public List<CommandLineSetting> settings() {
        List<CommandLineSetting> settings = new ArrayList<>();
        if (library != null) {
            settings.add(new CommandLineSetting("trapline.engine.library", library.toString(), "--library " + library));
        }
        if (shortcuts != null) {
            settings.add(new CommandLineSetting("trapline.engine.shortcuts", shortcuts, "--shortcuts " + shortcuts));
        }
        settings.addAll(plugins.settings());
        return settings;
    }

    @Nullable
    public Path result() {
        return result;
    }
}
