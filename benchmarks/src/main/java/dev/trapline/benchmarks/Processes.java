package dev.trapline.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Measures whole processes alternately, so that other work on the host affects all of them.
final class Processes {

    /// A program to measure.
    ///
    /// @param line the program and its arguments
    /// @param input the file that is its standard input
    /// @param status the exit status that it must have
    record Command(List<String> line, Path input, int status) {}

    /// Standard input of a program that reads none.
    static final Path NOTHING = Path.of("/dev/null");

    /// No process takes this long.
    private static final long LIMIT_MINUTES = 10;

    private Processes() {}

    /// Runs each command `rounds` times: each of them once before any a second time.
    ///
    /// @return the median of each, in milliseconds
    static List<Double> medians(List<Command> commands, int rounds) {
        List<double[]> times = new ArrayList<>();
        commands.forEach(command -> times.add(new double[rounds]));
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < commands.size(); i++) {
                times.get(i)[round] = millis(commands.get(i));
            }
        }
        return times.stream().map(Processes::median).toList();
    }

    /// Runs a command once.
    ///
    /// @return how long it took, in milliseconds
    static double millis(Command command) {
        try {
            Path said = Files.createTempFile("trapline-benchmark", ".log");
            long start = System.nanoTime();
            Process process = new ProcessBuilder(command.line())
                    .redirectInput(command.input().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.to(said.toFile()))
                    .start();
            if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
                throw new IllegalStateException(
                        "%s has not ended after %d minutes. Process %d still runs, so that you can examine it (jstack)"
                                .formatted(String.join(" ", command.line()), LIMIT_MINUTES, process.pid()));
            }
            int status = process.exitValue();
            long nanos = System.nanoTime() - start;
            if (status != command.status()) {
                throw new IllegalStateException("%s ended with status %d, not %d: %s"
                        .formatted(String.join(" ", command.line()), status, command.status(), Files.readString(said)));
            }
            Files.delete(said);
            return nanos / 1e6;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + command.line().getFirst(), e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while measuring", e);
        }
    }

    private static double median(double[] times) {
        Arrays.sort(times);
        return times[times.length / 2];
    }
}
