package dev.trapline.launcher.process;

import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// Starts a command's actor system on a thread of its own, while the command prepares the rest of the run.
public final class ActorSystemStart {

    /// Those that commands of this process have begun.
    private static final Queue<ActorSystemStart> BEGUN = new ConcurrentLinkedQueue<>();

    private final FutureTask<ActorSystem<Void>> usual = new FutureTask<>(ActorSystems::start);
    private final Thread command = Thread.currentThread();
    private @Nullable ActorSystem<Void> other;

    /// Begins the start, for recordings that go into their own directories. A process that ends earlier does not
    /// wait for it.
    public void begin() {
        BEGUN.add(this);
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
        BEGUN.add(this);
        usual.run();
        try {
            ActorSystem<Void> begun = usual.get();
            if (journal.isEmpty()) {
                return ActorSystems.untilTheEnd(begun);
            }
            begun.terminate();
            ActorSystem<Void> started = ActorSystems.untilTheEnd(ActorSystems.start(journal));
            other = started;
            return started;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the actor system does not start", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("nobody interrupts the thread that begins a run", e);
        }
    }

    /// Ends the actor systems of the commands that this thread has performed: the process continues.
    public static void endAll() {
        BEGUN.removeIf(start -> {
            boolean mine = start.command.equals(Thread.currentThread());
            if (mine) {
                start.end();
            }
            return mine;
        });
    }

    private void end() {
        try {
            ActorSystems.end(other == null ? usual.get() : other);
        } catch (ExecutionException _) {
            // It has never started.
        } catch (InterruptedException _) {
            // A test's plugin interrupts all threads: then this one stays.
            Thread.currentThread().interrupt();
        }
    }
}
