package dev.trapline.journal.store;

import dev.trapline.journal.RecordingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;

/// The events of one recording in one file of H2's MVStore.
public final class MvEventStore implements EventStore {

    /// While the file is rewritten, what is held in memory between two commits, in bytes.
    private static final long COMPACTION_STEP = 8 << 20;

    private final Path file;
    private final MVStore store;
    private final MVMap<Long, byte[]> events;
    private long highest;

    /// @param file created if absent
    /// @throws RecordingException if it cannot be written, or somebody else writes it
    public MvEventStore(Path file) {
        this.file = file;
        try {
            this.store = MvFile.openToWrite(file);
            this.events = MvFile.events(store);
            Long last = events.lastKey();
            long deletedTo = store.hasMap(MvFile.META)
                    ? Long.parseLong(MvFile.meta(store).getOrDefault(MvFile.DELETED_TO, "0"))
                    : 0;
            this.highest = Math.max(last == null ? 0 : last, deletedTo);
        } catch (MVStoreException e) {
            throw MvFile.cannotWrite(file, e);
        }
    }

    @Override
    public void append(List<EventRow> rows) {
        try {
            for (EventRow row : rows) {
                events.append(row.sequenceNr(), row.encode());
            }
            store.commit();
        } catch (MVStoreException | IllegalStateException e) {
            throw MvFile.cannotWrite(file, e);
        }
        highest = Math.max(highest, rows.isEmpty() ? 0 : rows.getLast().sequenceNr());
    }

    @Override
    public long highestSequenceNr() {
        return highest;
    }

    @Override
    public void deleteTo(long sequenceNr) {
        try {
            long to = Math.min(sequenceNr, highest);
            for (Iterator<Long> keys = events.keyIterator(null); keys.hasNext(); ) {
                Long key = keys.next();
                if (key > to) {
                    break;
                }
                events.remove(key);
            }
            MvFile.meta(store).merge(MvFile.DELETED_TO, Long.toString(to), (a, b) -> Long.parseLong(a) > to ? a : b);
            store.commit();
        } catch (MVStoreException | IllegalStateException e) {
            throw MvFile.cannotWrite(file, e);
        }
    }

    @Override
    public void replay(long from, long to, long max, Consumer<EventRow> consumer) {
        long left = max;
        for (Iterator<Long> keys = events.keyIterator(from); keys.hasNext() && left > 0; left--) {
            Long key = keys.next();
            if (key > to) {
                return;
            }
            byte[] row = events.get(key);
            if (row != null) {
                consumer.accept(EventRow.decode(key, row));
            }
        }
    }

    @Override
    public void finish() {
        Path smaller = file.resolveSibling(file.getFileName() + ".closing");
        try {
            copyTo(smaller);
            store.closeImmediately();
            Files.move(smaller, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (MVStoreException | IllegalStateException | IOException e) {
            close();
            throw MvFile.cannotWrite(file, e);
        }
    }

    /// Rewrites the live rows alone, in order: every commit leaves behind the pages that the next one replaces.
    private void copyTo(Path target) throws IOException {
        Files.deleteIfExists(target);
        MVStore copy = MvFile.openToWrite(target);
        try {
            MVMap<Long, byte[]> rows = MvFile.events(copy);
            long held = 0;
            for (Iterator<Long> keys = events.keyIterator(null); keys.hasNext(); ) {
                Long key = keys.next();
                byte[] row = events.get(key);
                if (row != null) {
                    rows.append(key, row);
                    held += row.length;
                }
                if (held >= COMPACTION_STEP) {
                    copy.commit();
                    held = 0;
                }
            }
            if (store.hasMap(MvFile.META)) {
                MvFile.meta(copy).putAll(MvFile.meta(store));
            }
            copy.commit();
            copy.sync();
            copy.close();
        } finally {
            copy.closeImmediately();
        }
    }

    @Override
    public void close() {
        store.closeImmediately();
    }
}
