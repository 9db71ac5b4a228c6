package dev.trapline.launcher;

import dev.trapline.config.Nearest;
import java.nio.file.Path;
import java.util.ArrayList;
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
            paramLabel = "COMMAND",
            arity = "0..*",
            completionCandidates = Candidates.Commands.class,
            description = "The command, and its own command if it has some. Without: all commands.")
    void names(@Nullable List<String> values) {
        names.clear();
        if (values != null) {
            names.addAll(values);
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
                String nearest = Nearest.to(name, subcommands.keySet());
                throw CommandException.usage(
                        "there is no command '" + at.getCommandSpec().qualifiedName() + " " + name + "'"
                                + (nearest.isEmpty() ? "" : "; did you mean " + nearest + "?"));
            }
            at = next;
        }
        terminal.print(at.getUsageMessage());
        return Ending.DONE;
    }
}
