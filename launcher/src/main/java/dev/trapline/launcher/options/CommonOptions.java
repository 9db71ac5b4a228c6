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
            description = "The Unicorn 2 library to use (default: the system's; if there is none, the one that "
                    + "comes with Trapline).")
    void library(@Nullable Path file) {
        library = file;
    }

    @Option(
            names = "--shortcuts",
            paramLabel = "WHICH",
            order = 31,
            description = "Shortcuts that make the engine faster: all, none, or names separated by commas, as listed "
                    + "by 'trapline version --engine' (default all). They do not change results.")
    void shortcuts(@Nullable String which) {
        shortcuts = which;
    }

    @Option(
            names = "--result",
            paramLabel = "FILE",
            order = 32,
            description = "Write the outcome to this file, as JSON.")
    public void result(@Nullable Path file) {
        result = file;
    }

    /// Whether the user names a library. Nothing else is to run in this process while it is opened: its own
    /// code runs then, and the system holds a lock that other threads may wait for.
    public boolean nameLibrary() {
        return library != null;
    }

    /// The options that stand for configuration keys and mean the same in all commands.
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
