package dev.trapline.journal.store;

import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import dev.trapline.journal.file.Disk;
import dev.trapline.journal.file.MvFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;

/// The events of one recording in one file of H2's MVStore.
///
/// With every write the file notes how far it had been forced to the disk before: behind that, a power cut may leave
/// anything, and a reader looks before it trusts.
public final class MvEventStore implements EventStore {

    /// A file of which at most one part of so many is waste is not rewritten at its end.
    private static final int WORTHWHILE = 8;

    private final Path file;
    private final boolean syncEach;
    private final MVStore store;
    private final MVMap<Long, byte[]> events;
    private volatile long highest;
    private volatile long durable;
    private volatile boolean closed;
    private long noted;
    /// The bytes of the rows that this store has written.
    private long written;

    /// A store that forces nothing to the disk before it is asked to.
    public MvEventStore(Path file) {
        this(file, false);
    }

    /// @param file created if absent
    /// @param syncEach whether each write is forced to the disk before [#append] returns
    /// @throws RecordingException if it cannot be written, or somebody else writes it
    public MvEventStore(Path file, boolean syncEach) {
        this(file, MvFile.openForRecording(file, file.toAbsolutePath().toString()), syncEach);
    }

    MvEventStore(Path file, MVStore store, boolean syncEach) {
        this.file = file;
        this.syncEach = syncEach;
        this.store = store;
        try {
            this.events = EventFile.events(store);
            Long last = events.lastKey();
            this.highest = Math.max(last == null ? 0 : last, EventFile.note(store, EventFile.DELETED_TO));
            this.durable = EventFile.note(store, EventFile.DURABLE_TO);
            this.noted = durable;
        } catch (MVStoreException e) {
            store.closeImmediately();
            throw MvFile.cannotWrite(file, e);
        }
    }

    @Override
    public synchronized void append(List<EventRow> rows) {
        try {
            for (EventRow row : rows) {
                byte[] bytes = row.encode().bytes();
                events.append(row.sequenceNr(), bytes);
                written += bytes.length;
            }
            if (noted != durable) {
                noted = durable;
                EventFile.meta(store).put(EventFile.DURABLE_TO, Long.toString(noted));
            }
            store.commit();
        } catch (MVStoreException | IllegalStateException e) {
            throw MvFile.cannotWrite(file, e);
        }
        highest = Math.max(highest, rows.isEmpty() ? 0 : rows.getLast().sequenceNr());
        if (syncEach) {
            sync();
        }
    }

    @Override
    public void sync() {
        long upTo = highest;
        if (upTo <= durable || closed) {
            return;
        }
        try {
            store.sync();
        } catch (MVStoreException | IllegalStateException e) {
            if (closed || store.isClosed()) {
                return;
            }
            throw new RecordingException(
                    Kind.NOT_DURABLE,
                    "cannot force the recording's file " + file + " to the disk: " + e.getMessage()
                            + "; the disk may be failing: what was recorded up to the last success is safe",
                    e);
        }
        raiseDurable(upTo);
    }

    private synchronized void raiseDurable(long upTo) {
        durable = Math.max(durable, upTo);
    }

    @Override
    public long durableSequenceNr() {
        return durable;
    }

    @Override
    public long highestSequenceNr() {
        return highest;
    }

    @Override
    public synchronized void deleteTo(long sequenceNr) {
        try {
            long to = Math.min(sequenceNr, highest);
            for (Iterator<Long> keys = events.keySet().iterator(); keys.hasNext(); ) {
                Long key = keys.next();
                if (key > to) {
                    break;
                }
                events.remove(key);
            }
            EventFile.meta(store)
                    .merge(EventFile.DELETED_TO, Long.toString(to), (a, b) -> Long.parseLong(a) > to ? a : b);
            store.commit();
        } catch (MVStoreException | IllegalStateException e) {
            throw MvFile.cannotWrite(file, e);
        }
    }

    @Override
    public synchronized void replay(long from, long to, long max, Consumer<EventRow> consumer) {
        long left = max;
        for (Iterator<Long> keys = events.keyIterator(from); keys.hasNext() && left > 0; left--) {
            Long key = keys.next();
            if (key > to) {
                return;
            }
            consumer.accept(row(key));
        }
    }

    private EventRow row(Long key) {
        return EventRow.decode(key, bytes(key));
    }

    private byte[] bytes(Long key) {
        return Objects.requireNonNull(events.get(key), "a key of the map has a row");
    }

    /// Rewrites the live rows alone, in order: every commit leaves behind the pages that the next one replaces.
    /// Where these are few, or there is no room for it, the file stays as large as it is.
    @Override
    public synchronized void finish() {
        finish(() -> {});
    }

    /// As above.
    ///
    /// @param each called for each row; may throw to end it, and then the store is not closed
    public synchronized void finish(Runnable each) {
        Path smaller = file.resolveSibling(file.getFileName() + ".closing");
        try {
            if (isDense() || !rewrite(smaller, each)) {
                store.sync();
                close();
            }
        } catch (MVStoreException | IllegalStateException | IOException e) {
            close();
            throw MvFile.cannotWrite(file, e);
        }
        durable = highest;
    }

    /// Rows that were deleted, or that another store had written before, do not count: such a file is rewritten.
    private boolean isDense() throws IOException {
        return Files.size(file) <= written + written / WORTHWHILE && EventFile.note(store, EventFile.DELETED_TO) == 0;
    }

    private boolean rewrite(Path smaller, Runnable each) {
        try {
            Iterator<Long> keys = events.keySet().iterator();
            EventFile.write(
                    smaller,
                    new Iterator<>() {
                        @Override
                        public boolean hasNext() {
                            return keys.hasNext();
                        }

                        @Override
                        public EventRow.Encoded next() {
                            each.run();
                            Long key = keys.next();
                            return new EventRow.Encoded(key, bytes(key));
                        }
                    },
                    EventFile.note(store, EventFile.DELETED_TO));
            close();
            Disk.replace(smaller, file);
            return true;
        } catch (MVStoreException | IllegalStateException | IOException e) {
            Disk.deleteQuietly(smaller);
            if (closed) {
                throw MvFile.cannotWrite(file, e);
            }
            return false;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        store.closeImmediately();
    }
}
