package dev.trapline.launcher.process;

import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// The start of a command's actor system, on a thread of its own: what else a run needs is made meanwhile.
public final class ActorSystemStart {

    private final FutureTask<ActorSystem<Void>> usual = new FutureTask<>(ActorSystems::start);

    /// Begins it, for recordings that go into their own directories. A process that ends before does not wait for
    /// it.
    public void begin() {
        Thread.ofPlatform().daemon().name("actor-system-start").start(usual);
    }

    /// Waits for it; starts the system here if nobody began.
    public ActorSystem<Void> system() {
        return system(ConfigFactory.empty());
    }

    /// As above.
    ///
    /// @param journal where recordings go, if not into their own directories
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
