package dev.trapline.launcher.process;

import akka.Done;
import akka.actor.BootstrapSetup;
import akka.actor.CoordinatedShutdown;
import akka.actor.setup.ActorSystemSetup;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.trapline.launcher.output.Ending;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// The process's one actor system.
public final class ActorSystems {

    // Standard output is the guest's, signals are handled elsewhere, and dead letters are what the end of a run
    // leaves. A host that is busy with other things may take longer than Akka's five seconds to start the logger.
    private static final String OWN = """
        akka {
          loggers = ["akka.event.slf4j.Slf4jLogger"]
          logging-filter = "akka.event.slf4j.Slf4jLoggingFilter"
          logger-startup-timeout = 5m
          loglevel = WARNING
          stdout-loglevel = OFF
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          coordinated-shutdown.run-by-jvm-shutdown-hook = off
          coordinated-shutdown.exit-jvm = off
          # What is used is loaded when it is used: serializers by the journal, streams by a database.
          library-extensions = []
          # It would end the process with another status, and without a word where there is no memory to say one.
          jvm-exit-on-fatal-error = off
        }
        """;

    private ActorSystems() {}

    /// Starts it. Its configuration is Akka's own and the modules', and not what users may write: the actors are no
    /// part of the command's interface.
    public static ActorSystem<Void> start() {
        return start(ConfigFactory.empty());
    }

    /// As above.
    ///
    /// @param journal where recordings go, if not into their own directories
    public static ActorSystem<Void> start(Config journal) {
        return start(journal, PreparedResources.loader());
    }

    /// As above.
    ///
    /// @param loader finds `reference.conf`
    public static ActorSystem<Void> start(Config journal, ClassLoader loader) {
        Config config = journal.withFallback(ConfigFactory.parseString(OWN))
                .withFallback(ConfigFactory.defaultReference(loader))
                .resolve();
        ActorSystemSetup setup = ActorSystemSetup.create(
                BootstrapSetup.create().withClassloader(loader).withConfig(config));
        return ActorSystem.create(Behaviors.<Void>empty(), "trapline", setup);
    }

    /// Has the process end with the system, which nobody shuts down from here on but itself, when one of its
    /// threads has met a fatal error.
    public static ActorSystem<Void> untilTheEnd(ActorSystem<Void> system) {
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseBeforeServiceUnbind(), "end-of-process", ActorSystems::endProcess);
        return system;
    }

    private static CompletionStage<Done> endProcess() {
        if (ThreadWatch.isLacking()) {
            // The JVM has no thread to do at its end what it is to do.
            LastWord.sayHere();
        }
        System.exit(Ending.BROKEN);
        return CompletableFuture.completedFuture(Done.getInstance());
    }
}
