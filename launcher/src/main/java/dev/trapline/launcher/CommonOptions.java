package dev.trapline.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of every command that runs a machine or looks at one.
final class CommonOptions {

    private final List<Path> plugins = new ArrayList<>();
    private @Nullable Path result;
    private @Nullable Path library;
    private @Nullable String shortcuts;

    @Option(
            names = "--plugin",
            paramLabel = "JAR",
            order = 30,
            description = "Your own firmware services. May be given more than once.")
    void plugins(@Nullable List<Path> jars) {
        plugins.clear();
        if (jars != null) {
            plugins.addAll(jars);
        }
    }

    @Option(
            names = "--library",
            paramLabel = "FILE",
            order = 31,
            description = "The Unicorn 2 library to use. Otherwise the system's, else the one that came with Trapline.")
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
            description = "Write how it ended to this file, as JSON.")
    void result(@Nullable Path file) {
        result = file;
    }

    List<Path> plugins() {
        return plugins;
    }

    @Nullable
    Path library() {
        return library;
    }

    @Nullable
    String shortcuts() {
        return shortcuts;
    }

    @Nullable
    Path result() {
        return result;
    }
}
