package dev.trapline.junit;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.explore.Subject;
import dev.trapline.explore.Trial;
import dev.trapline.machine.choice.Choices;
import dev.trapline.vcpu.RecordedTrials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Records failing runs. Has an actor system as long as it is open.
final class Recorder implements AutoCloseable {

    private static final String SETTINGS = """
        akka {
          loglevel = WARNING
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          coordinated-shutdown.run-by-jvm-shutdown-hook = off
          coordinated-shutdown.exit-jvm = off
          jvm-exit-on-fatal-error = off
        }
        """;

    private final ActorSystem<Void> system = ActorSystem.create(
            Behaviors.empty(),
            "trapline-junit",
            ConfigFactory.parseString(SETTINGS)
                    .withFallback(ConfigFactory.defaultReference())
                    .resolve());
    private final RecordedTrials trials;

    Recorder(EngineFactory engines, Subject subject) {
        this.trials = new RecordedTrials(system, engines, subject, TestMachine.NONE);
    }

    /// Records a run, in place of an earlier recording.
    ///
    /// @return the directory
    Path record(Choices choices, Trial trial, Path directory) throws IOException {
        remove(directory);
        Files.createDirectories(directory.toAbsolutePath().getParent());
        if (!RecordedTrials.isSame(trial, trials.record(choices, trial, directory))) {
            throw new IllegalStateException("the recorded run differs from the tested one: " + directory);
        }
        return directory;
    }

    private static void remove(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> all = Files.walk(directory)) {
            files = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }

    @Override
    public void close() {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }
}
