package dev.trapline.benchmarks;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.persistence.typed.PersistenceId;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.trapline.abi.machine.StoragePolicy;
import dev.trapline.journal.persistence.RecordingStores;
import dev.trapline.journal.store.MvEventStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/// Writes hypercalls with [PlainWriter], with the same plugin and store, forced to the disk as often.
final class PlainJournal {

    /// Settings for the actor system in which it runs.
    static final Config SERIALIZATION = ConfigFactory.parseString("""
        akka.actor.serializers.plain-call = "dev.trapline.benchmarks.PlainSerializer"
        akka.actor.serialization-bindings."dev.trapline.benchmarks.Call" = plain-call
        """);

    private static final String PLUGIN = "trapline.journal.mvstore";
    private static final int BATCH = 1024;

    /// The number of batches in flight, so that the writer never waits for the next one.
    private static final int WINDOW = 8;

    private final ActorSystem<?> system;
    private final List<Call> calls;
    private int writers;

    PlainJournal(ActorSystem<?> system, List<Call> calls) {
        this.system = system;
        this.calls = calls;
    }

    /// Persists a number of calls.
    ///
    /// @param file the file to create
    /// @return seconds from the first call until the last one is on the disk
    double write(Path file, int count) {
        MvEventStore store = new MvEventStore(file);
        long interval = StoragePolicy.DEFAULT.interval().toMillis();
        try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor()) {
            PersistenceId id = id();
            RecordingStores.of(system).register(id.id(), store);
            CompletableFuture<Long> ready = new CompletableFuture<>();
            ActorRef<PlainWriter.Command> writer = start(id, ready::complete);
            ready.join();
            ScheduledFuture<?> forcing =
                    timer.scheduleWithFixedDelay(store::sync, interval, interval, TimeUnit.MILLISECONDS);
            long start = System.nanoTime();
            Semaphore window = new Semaphore(WINDOW);
            for (int first = 0; first < count; first += BATCH) {
                window.acquireUninterruptibly();
                writer.tell(new PlainWriter.Batch(batch(first, Math.min(BATCH, count - first)), window::release));
            }
            window.acquireUninterruptibly(WINDOW);
            store.sync();
            double seconds = (System.nanoTime() - start) / 1e9;
            stop(id, writer);
            if (!forcing.cancel(false)) {
                throw new IllegalStateException("the store was not forced to the disk all the time");
            }
            return seconds;
        } finally {
            store.close();
        }
    }

    private List<Call> batch(int first, int length) {
        List<Call> batch = new ArrayList<>(length);
        for (int n = first; n < first + length; n++) {
            batch.add(calls.get(n % calls.size()));
        }
        return batch;
    }

    /// Opens a store, and lets an actor recover from its whole content.
    ///
    /// @return seconds
    double recover(Path file, int count) {
        long start = System.nanoTime();
        MvEventStore store = new MvEventStore(file);
        try {
            PersistenceId id = id();
            RecordingStores.of(system).register(id.id(), store);
            CompletableFuture<Long> recovered = new CompletableFuture<>();
            ActorRef<PlainWriter.Command> writer = start(id, recovered::complete);
            if (recovered.join() != count) {
                throw new IllegalStateException("of " + count + " calls, " + recovered.join() + " were recovered");
            }
            stop(id, writer);
            return (System.nanoTime() - start) / 1e9;
        } finally {
            store.close();
        }
    }

    /// The plugin does not store to which id an event belongs, so each run can have its own id.
    private PersistenceId id() {
        return PersistenceId.of("plain", Integer.toString(writers++));
    }

    private ActorRef<PlainWriter.Command> start(PersistenceId id, LongConsumer recovered) {
        return system.systemActorOf(PlainWriter.create(id, PLUGIN, recovered), "plain-" + id.entityId(), Props.empty());
    }

    private void stop(PersistenceId id, ActorRef<PlainWriter.Command> writer) {
        writer.tell(PlainWriter.Stop.INSTANCE);
        RecordingStores.of(system).unregister(id.id());
    }
}
