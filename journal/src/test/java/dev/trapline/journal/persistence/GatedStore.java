package dev.trapline.journal.persistence;

import dev.trapline.abi.history.RecordingException;
import dev.trapline.journal.store.EventRow;
import dev.trapline.journal.store.EventStore;
import dev.trapline.journal.store.MvEventStore;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// A store whose writes wait until the test allows them, or fail from one on.
final class GatedStore implements EventStore {

    private final EventStore store;
    private final Semaphore gate;
    private final int failAt;
    /// Runs after the store was closed in any way, and may throw; does nothing by default.
    Runnable onClose = () -> {};
    /// Runs before data are forced to the disk; does nothing by default.
    Runnable onSync = () -> {};
    final AtomicInteger writes = new AtomicInteger();
    final AtomicInteger largestBatch = new AtomicInteger();

    GatedStore(Path file, Semaphore gate, int failAt) {
        this.store = new MvEventStore(file);
        this.gate = gate;
        this.failAt = failAt;
    }

    @Override
    public void append(List<EventRow> rows) {
        gate.acquireUninterruptibly();
        largestBatch.accumulateAndGet(rows.size(), Math::max);
        if (writes.getAndIncrement() >= failAt) {
            throw new RecordingException(
                    RecordingException.Kind.STORAGE, "cannot write the recording's file: No space left on device");
        }
        store.append(rows);
    }

    @Override
    public void sync() {
        onSync.run();
        store.sync();
    }

    @Override
    public long durableSequenceNr() {
        return store.durableSequenceNr();
    }

    @Override
    public long highestSequenceNr() {
        return store.highestSequenceNr();
    }

    @Override
    public void deleteTo(long sequenceNr) {
        store.deleteTo(sequenceNr);
    }

    @Override
    public void replay(long from, long to, long max, Consumer<EventRow> consumer) {
        store.replay(from, to, max, consumer);
    }

    @Override
    public void finish() {
        store.finish();
        onClose.run();
    }

    @Override
    public void close() {
        store.close();
        onClose.run();
    }
}
