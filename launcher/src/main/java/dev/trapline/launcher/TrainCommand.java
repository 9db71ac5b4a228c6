package dev.trapline.launcher;

import dev.trapline.launcher.output.CommandException;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.process.Action;
import dev.trapline.launcher.run.DemoCommand;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/// `trapline train`: `./trapline` runs it once, so that the JVM's ahead-of-time cache has the classes of all commands.
/// Users do not need it.
@Command(name = "train", hidden = true, description = "Runs typical commands, from which the start-up cache is made.")
final class TrainCommand implements Action {

    private final Terminal terminal;

    TrainCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public @Nullable Path resultFile() {
        return null;
    }

    @Override
    public Ending perform() {
        Terminal quiet = new Terminal(InputStream.nullInputStream(), OutputStream.nullOutputStream(), terminal.err());
        try {
            Path directory = Files.createTempDirectory("trapline-train-");
            String recording = directory.resolve("rec").toString();
            Path guests = DemoCommand.home().resolve("guests");
            String calls = guests.resolve("hypercall-loop-1k.elf").toString();
            for (List<String> command : List.of(
                    List.of("run", "--shortcuts", "all", calls),
                    List.of(
                            "run",
                            "--cpus",
                            "4",
                            guests.resolve("smp-hello.elf").toString()),
                    List.of("run", "--record", recording, calls),
                    List.of("replay", recording),
                    List.of("trace", recording),
                    List.of("trace", recording, "--format", "json"),
                    List.of("caps", "query", "hvc", "PSCI_CPU_ON"),
                    List.of("caps", "list"))) {
                new Trapline(quiet).execute(command);
            }
            delete(directory);
        } catch (IOException e) {
            throw CommandException.usage("cannot use a temporary directory: " + e.getMessage(), e);
        }
        return Ending.DONE;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> found = Files.walk(directory)) {
            for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
