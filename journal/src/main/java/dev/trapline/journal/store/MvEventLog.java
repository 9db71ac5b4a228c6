package dev.trapline.journal.store;

import dev.trapline.journal.RecordingException;
import dev.trapline.journal.RecordingException.Kind;
import dev.trapline.journal.codec.CodecException;
import java.nio.file.Path;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;

/// The events of one recording, to be read. Shows what had been committed when it was opened.
final class MvEventLog implements AutoCloseable {

    private final MVStore store;
    private final @Nullable MVMap<Long, byte[]> events;

    /// @throws RecordingException if the file is none of the store's, or damaged beyond finding anything in it
    MvEventLog(Path file) {
        try {
            store = MvFile.openToRead(file);
            // A map that does not exist cannot be made in a file that is only read.
            events = store.hasMap(MvFile.EVENTS) ? MvFile.events(store) : null;
        } catch (MVStoreException | IllegalStateException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new RecordingException(
                    Kind.DAMAGED, "cannot make sense of the recording's file " + file + ": " + e.getMessage(), e);
        }
    }

    /// The highest sequence number, 0 if there are no events.
    long highestSequenceNr() {
        if (events == null) {
            return 0;
        }
        try {
            Long last = events.lastKey();
            return last == null ? 0 : last;
            // WIDE: see unreadable.
        } catch (RuntimeException e) {
            throw unreadable(e);
        }
    }

    /// One event, null if it is missing.
    ///
    /// @throws CodecException if it cannot be read
    @Nullable
    EventRow row(long sequenceNr) {
        if (events == null) {
            return null;
        }
        byte[] row;
        try {
            row = events.get(sequenceNr);
            // WIDE: see unreadable.
        } catch (RuntimeException e) {
            throw unreadable(e);
        }
        return row == null ? null : EventRow.decode(sequenceNr, row);
    }

    /// Whatever the store stumbles over in damaged pages: it has no one type for that.
    private static CodecException unreadable(RuntimeException cause) {
        return new CodecException("the store cannot read its own pages: " + cause.getMessage(), cause);
    }

    @Override
    public void close() {
        store.closeImmediately();
    }
}
