package dev.trapline.launcher.process;

import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Starts a command's actor system on a thread of its own, while the command prepares the rest of the run.
public final class ActorSystemStart {

    private final FutureTask<ActorSystem<Void>> usual = new FutureTask<>(ActorSystems::start);

    /// Begins the start, for recordings that go into their own directories. A process that ends earlier does not
    /// wait for it.
    public void begin() {
        OwnThreads.builder("actor-system-start").start(usual);
    }

    /// Waits for the actor system. Starts it here if [#begin()] was not called.
    public ActorSystem<Void> system() {
        return system(ConfigFactory.empty());
    }

    /// As above.
    ///
    /// @param journal the configuration of the journal, if recordings do not go into their own directories
    public ActorSystem<Void> system(Config journal) {
        usual.run();
        try {
            ActorSystem<Void> begun = usual.get();
            if (journal.isEmpty()) {
                return ActorSystems.untilTheEnd(begun);
            }
            begun.terminate();
            return ActorSystems.untilTheEnd(ActorSystems.start(journal));
        } catch (ExecutionException e) {
            throw new IllegalStateException("the actor system does not start", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("nobody interrupts the thread that begins a run", e);
        }
    }
}
