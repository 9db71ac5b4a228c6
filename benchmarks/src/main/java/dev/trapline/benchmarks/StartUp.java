package dev.trapline.benchmarks;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.trapline.benchmarks.Processes.Command;
import java.nio.file.Path;
import java.util.List;

/// Whole processes: `./trapline run` of a guest that ends at once, against a JVM that starts an empty actor system.
final class StartUp {

    private static final int ROUNDS = 7;

    private StartUp() {}

    /// Starts an empty actor system and ends it: the reference, as a separate process.
    public static void main(String[] arguments) {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "empty");
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }

    /// Medians in milliseconds.
    ///
    /// @param emptySystem the reference
    /// @param trapline the whole command, run a second time
    record Times(double emptySystem, double trapline) {}

    /// Measures both.
    static Times measure() {
        Command reference = new Command(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        StartUp.class.getName()),
                Processes.NOTHING,
                0);
        Command trapline = new Command(List.of("./trapline", "run", "guests/exit-42.elf"), Processes.NOTHING, 42);
        Processes.millis(trapline);
        List<Double> medians = Processes.medians(List.of(reference, trapline), ROUNDS);
        return new Times(medians.get(0), medians.get(1));
    }
}
