package dev.trapline.launcher;

import dev.trapline.launcher.output.Terminal;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;

/// All commands, for tests that want each of them.
final class Commands {

    private Commands() {}

    /// A command.
    ///
    /// @param path what it is called by: `journal export`; empty for the command itself
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

    /// The command with all of its own, which say nothing that anybody hears.
    static CommandLine top() {
        return Trapline.commandLine(
                List.of(),
                new Terminal(
                        InputStream.nullInputStream(),
                        OutputStream.nullOutputStream(),
                        new PrintWriter(new StringWriter())));
    }

    /// A command and everything below it.
    static Stream<Named> of(CommandLine top) {
        return new Named("", top).andBelow();
    }

    /// Every command.
    static Stream<Named> all() {
        return of(top());
    }
}
