package dev.trapline.launcher;

import dev.trapline.config.Nearest;
import dev.trapline.config.Shown;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.recording.InputKind;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Messages for a command line that cannot be understood.
final class Misuse {

    private Misuse() {}

    /// Says what is wrong, and suggests what the user may have meant.
    static Ending ending(ParameterException e, List<String> arguments) {
        CommandSpec command = e.getCommandLine().getCommandSpec();
        String reason = switch (e) {
            case UnmatchedArgumentException unmatched -> unmatched(unmatched, command, arguments);
            case MissingParameterException missing -> missing(missing, command);
            default -> message(e);
        };
        return new Ending(Ending.USAGE, "usage", reason + " (see: " + command.qualifiedName() + " --help)");
    }

    private static String unmatched(UnmatchedArgumentException e, CommandSpec command, List<String> arguments) {
        String word = e.getUnmatched().getFirst();
        // A word may be a password whose key is the word before it.
        if (arguments.stream().anyMatch(Shown::mayBeSecret)) {
            return "the command line has one word too many; it is not shown, because it may be a password";
        }
        if (word.startsWith("-")) {
            String name = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
            return "there is no option " + name + suggestion(name, options(command));
        }
        if (!command.subcommands().isEmpty()) {
            String hint = hint(word);
            String what = "there is no command '" + word + "'";
            return hint.isEmpty()
                    ? what
                            + suggestion(
                                    word, HelpText.listed(command.commandLine()).keySet())
                    : what + ": " + hint;
        }
        boolean first = arguments.indexOf(word) == arguments.size() - 1;
        return "'" + word + "' is an unexpected argument" + (first ? "" : "; quote a name that contains spaces");
    }

    private static String suggestion(String word, Collection<String> known) {
        String nearest = Nearest.to(word, known);
        return nearest.isEmpty() ? "" : "; did you mean " + nearest + "?";
    }

    private static Collection<String> options(CommandSpec command) {
        TreeSet<String> names = new TreeSet<>();
        for (OptionSpec option : command.options()) {
            names.addAll(List.of(option.names()));
        }
        return names;
    }

    /// Describes a file that was given in place of a command. Empty if the kind of file is unknown.
    private static String hint(String word) {
        try {
            Path path = Path.of(word);
            InputKind kind = InputKind.of(path);
            return kind.hasCommand() ? kind.hint(path) : "";
        } catch (InvalidPathException _) {
            return "";
        }
    }

    private static String missing(MissingParameterException e, CommandSpec command) {
        StringBuilder names = new StringBuilder();
        for (CommandLine.Model.ArgSpec argument : e.getMissing()) {
            if (argument instanceof PositionalParamSpec positional) {
                names.append(names.isEmpty() ? "" : " and ").append(positional.paramLabel());
            }
        }
        if (names.isEmpty()) {
            return message(e);
        }
        StringBuilder usage = new StringBuilder(command.qualifiedName());
        command.positionalParameters().forEach(p -> usage.append(' ').append(p.paramLabel()));
        return names + (names.indexOf(" and ") < 0 ? " is" : " are") + " missing: " + usage;
    }

    private static String message(ParameterException e) {
        @Nullable String message = e.getMessage();
        return message == null ? "the command line is wrong" : message;
    }
}
