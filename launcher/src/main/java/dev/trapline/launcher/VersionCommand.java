package dev.trapline.launcher;

import dev.trapline.abi.engine.EngineLibrary;
import dev.trapline.launcher.options.FormatOption;
import dev.trapline.launcher.options.Version;
import dev.trapline.launcher.options.WithoutEffect;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.JsonObject;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.process.Action;
import dev.trapline.launcher.process.Engines;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `trapline version`.
@Command(
        name = "version",
        description = {
            "Prints the versions of Trapline and Java; with --engine, also of the library that "
                    + "executes guest code.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  trapline version",
            "  trapline version --engine",
            "  trapline version --engine --library libunicorn.so.2"
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:the version was printed",
            "2:the command line is wrong, or no library was found",
            Ending.UNWRITTEN
        })
final class VersionCommand implements Action {

    private final Terminal terminal;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--engine",
            order = 1,
            description = "Also print the engine's library and its shortcuts. Each shortcut is tested first.")
    private boolean engine;

    @Option(
            names = "--library",
            paramLabel = "FILE",
            order = 2,
            description = "The Unicorn 2 library to describe (default: the one that a run would use).")
    private @Nullable Path library;

    @Option(
            names = "--shortcuts",
            paramLabel = "WHICH",
            order = 3,
            description = "Test only these shortcuts: all, none, or names separated by commas (default all).")
    private @Nullable String shortcuts;

    @Mixin
    private final FormatOption format = new FormatOption();

    VersionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public @Nullable Path resultFile() {
        return null;
    }

    @Override
    public Ending perform() {
        WithoutEffect.of(spec)
                .when(!engine, "it needs --engine", "--library", "--shortcuts")
                .check(terminal.err());
        if (format.isJson()) {
            terminal.print(json().line());
            return Ending.DONE;
        }
        StringBuilder text = new StringBuilder();
        for (String line : new Version().getVersion()) {
            text.append(line).append('\n');
        }
        if (engine) {
            describe(Engines.describe(library, shortcuts), text);
        }
        terminal.print(text.toString());
        return Ending.DONE;
    }

    private JsonObject json() {
        JsonObject document = JsonObject.document("version")
                .with("trapline", Version.text())
                .with("java", Runtime.version().toString())
                .with("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        return engine ? document.with("engine", json(Engines.describe(library, shortcuts))) : document;
    }

    private static JsonObject json(Engines.Description engine) {
        EngineLibrary found = engine.library();
        return new JsonObject()
                .with("name", found.name())
                .with("version", found.version())
                .with("origin", found.origin())
                .with("sha256", found.sha256())
                .with(
                        "shortcuts",
                        engine.shortcuts().stream()
                                .map(shortcut -> new JsonObject()
                                        .with("shortcut", shortcut.id())
                                        .with("used", shortcut.used())
                                        .with("message", shortcut.line()))
                                .toList());
    }

    private static void describe(Engines.Description engine, StringBuilder text) {
        EngineLibrary found = engine.library();
        text.append(found.name())
                .append(' ')
                .append(found.version())
                .append(", ")
                .append(found.origin())
                .append('\n');
        engine.shortcuts()
                .forEach(shortcut ->
                        text.append("shortcut ").append(shortcut.line()).append('\n'));
    }
}
