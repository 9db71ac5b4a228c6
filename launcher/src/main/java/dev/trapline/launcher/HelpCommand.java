package dev.trapline.launcher;

import dev.trapline.config.Nearest;
import dev.trapline.config.Shown;
import dev.trapline.launcher.options.Version;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.process.Action;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `trapline help`.
@Command(
        name = "help",
        description = {"Shows the help of a command.", ""},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footerHeading = "%nExamples:%n",
        footer = {"  trapline help run", "  trapline help journal export"})
final class HelpCommand implements Action {

    private final Terminal terminal;
    private final List<String> names = new ArrayList<>();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    HelpCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Parameters(
            index = "0",
            paramLabel = "COMMAND",
            arity = "0..1",
            completionCandidates = Commands.class,
            description = "The command (default: list all commands).")
    void command(@Nullable String name) {
        add(name);
    }

    @Parameters(
            index = "1..*",
            paramLabel = "SUBCOMMAND",
            arity = "0..*",
            completionCandidates = Subcommands.class,
            description = "A subcommand of it, if it has any.")
    void subcommands(@Nullable List<String> values) {
        if (values != null) {
            values.forEach(this::add);
        }
    }

    private void add(@Nullable String name) {
        if (name != null) {
            names.add(name);
        }
    }

    @Override
    public @Nullable Path resultFile() {
        return null;
    }

    @Override
    public Ending perform() {
        CommandLine at = spec.parent().commandLine();
        HelpText.prepare(at, terminal);
        for (String name : names) {
            Map<String, CommandLine> subcommands = at.getSubcommands();
            CommandLine next = subcommands.get(name);
            if (next == null) {
                throw CommandException.usage(absent(at, name));
            }
            at = next;
        }
        terminal.print(at.getUsageMessage());
        return Ending.DONE;
    }

    private static String absent(CommandLine at, String name) {
        if (Shown.mayBeSecret(name)) {
            return "there is no such command; it is not shown, because it may be a password";
        }
        String command = at.getCommandSpec().qualifiedName();
        if (at.getSubcommands().isEmpty()) {
            return "'" + command + "' has no subcommands: there is no '" + name + "' (see: " + command + " --help)";
        }
        String nearest = Nearest.to(name, HelpText.listed(at).keySet());
        return "there is no command '" + command + " " + name + "'"
                + (nearest.isEmpty() ? "" : "; did you mean " + nearest + "?") + " (see: " + command + " --help)";
    }

    /// The commands that `trapline help` accepts.
    static final class Commands implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Trapline.COMMANDS.iterator();
        }
    }

    /// Every subcommand name that can follow a command. Completion cannot know which command was typed.
    static final class Subcommands implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of(
                            "query",
                            "list",
                            "toggles",
                            "check",
                            "registers",
                            "verify",
                            "info",
                            "index",
                            "export",
                            "import",
                            "schema")
                    .iterator();
        }
    }
}
