package dev.trapline.launcher;

import dev.trapline.launcher.output.Terminal;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;

/// All commands, for tests of each command.
final class Commands {

    private Commands() {}

    /// A command.
    ///
    /// @param path its name, such as `journal export`; empty for the top command
    record Named(String path, CommandLine line) {

        boolean has(String option) {
            return line.getCommandSpec().findOption(option) != null;
        }

        boolean isLeaf() {
            return line.getSubcommands().isEmpty();
        }

        private Stream<Named> andBelow() {
            return Stream.concat(
                    Stream.of(this),
                    line.getSubcommands().entrySet().stream()
                            .flatMap(e -> new Named((path + " " + e.getKey()).strip(), e.getValue()).andBelow()));
        }
    }

    /// The top command with all subcommands, without output.
    static CommandLine top() {
        return Trapline.commandLine(
                List.of(),
                new Terminal(
                        InputStream.nullInputStream(),
                        OutputStream.nullOutputStream(),
                        new PrintWriter(new StringWriter())));
    }

    /// A command and all of its subcommands.
    static Stream<Named> of(CommandLine top) {
        return new Named("", top).andBelow();
    }

    /// Every command.
    static Stream<Named> all() {
        return of(top());
    }
}
