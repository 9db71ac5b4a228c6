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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/// The process's one actor system.
public final class ActorSystems {

    // Standard output belongs to the guest, signals are handled elsewhere, and dead letters are normal at the end of a
    // run. On a busy host, the logger may need more than Akka's five seconds to start.
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
          # Extensions are loaded when they are used: serializers by the journal, streams by a database.
          library-extensions = []
          # Akka would end the process with another exit status, and without a message if there is no memory left.
          jvm-exit-on-fatal-error = off
        }
        """;

    /// Those that were ended while the process continues.
    private static final Set<ActorSystem<Void>> LEFT = ConcurrentHashMap.newKeySet();

    private ActorSystems() {}

    /// Starts the actor system. Its configuration comes from Akka and from Trapline's modules, not from the user:
    /// the actors are not part of the command's interface.
    public static ActorSystem<Void> start() {
        return start(ConfigFactory.empty());
    }

    /// As above.
    ///
    /// @param journal the configuration of the journal, if recordings do not go into their own directories
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

    /// Ends the process when the actor system ends. From here on the system shuts down only by itself, when one of
    /// its threads meets a fatal error.
    public static ActorSystem<Void> untilTheEnd(ActorSystem<Void> system) {
        CoordinatedShutdown.get(system)
                .addTask(
                        CoordinatedShutdown.PhaseBeforeServiceUnbind(),
                        "end-of-process",
                        () -> LEFT.contains(system)
                                ? CompletableFuture.completedFuture(Done.getInstance())
                                : endProcess());
        return system;
    }

    /// Ends an actor system, and not the process. Does not wait for its end.
    static void end(ActorSystem<Void> system) {
        LEFT.add(system);
        system.terminate();
    }

    private static CompletionStage<Done> endProcess() {
        if (ThreadWatch.isLacking()) {
            // The JVM has no thread left to run shutdown hooks.
            LastWord.sayHere();
        }
        System.exit(Ending.BROKEN);
        return CompletableFuture.completedFuture(Done.getInstance());
    }
}
