package dev.trapline.launcher;

import java.io.OutputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/// `trapline train`: what `./trapline` runs once so that the JVM's ahead-of-time cache knows the classes of a run and
/// a replay. It is not for people.
@Command(name = "train", hidden = true, description = "Runs what a start-up cache is made from.")
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
        return new DemoCommand(new Terminal(terminal.in(), OutputStream.nullOutputStream(), terminal.err())).perform();
    }
}
