package dev.trapline.benchmarks;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Whole processes: `./trapline run` of a guest that ends at once, against a JVM that starts an empty actor system.
final class StartUp {

    private static final int ROUNDS = 7;

    private StartUp() {}

    /// Starts an empty actor system and ends it: the reference, as a process of its own.
    public static void main(String[] arguments) {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "empty");
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }

    /// Medians in milliseconds.
    ///
    /// @param emptySystem the reference
    /// @param trapline the whole command, second time
    record Times(double emptySystem, double trapline) {}

    /// Measures both, in turn, so that whatever else the host does meets both.
    static Times measure() {
        List<String> reference = new ArrayList<>();
        reference.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        reference.addAll(List.of("-cp", System.getProperty("java.class.path"), StartUp.class.getName()));
        List<String> command = List.of("./trapline", "run", "guests/exit-42.elf");
        millis(command, 42);
        double[] references = new double[ROUNDS];
        double[] commands = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            references[round] = millis(reference, 0);
            commands[round] = millis(command, 42);
        }
        Arrays.sort(references);
        Arrays.sort(commands);
        return new Times(references[ROUNDS / 2], commands[ROUNDS / 2]);
    }

    private static double millis(List<String> command, int expected) {
        try {
            long start = System.nanoTime();
            int status = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            long nanos = System.nanoTime() - start;
            if (status != expected) {
                throw new IllegalStateException(String.join(" ", command) + " ended with status " + status);
            }
            return nanos / 1e6;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command.getFirst(), e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while measuring", e);
        }
    }
}
