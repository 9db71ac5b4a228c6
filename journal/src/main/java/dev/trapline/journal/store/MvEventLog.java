package dev.trapline.journal.store;

import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import dev.trapline.journal.codec.CodecException;
import dev.trapline.journal.file.LinkFreePath;
import dev.trapline.journal.file.MvFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;

/// The events of one recording, to be read. Shows what had been committed when it was opened.
final class MvEventLog implements EventLog {

    /// The store writes its own header in two blocks before anything else.
    private static final long EMPTY_FILE_BYTES = 8192;

    private final MVStore store;
    private final @Nullable MVMap<Long, byte[]> events;

    /// @throws RecordingException if the file is none of the store's, or damaged beyond finding anything in it
    MvEventLog(Path file) {
        this(file, Long.MAX_VALUE);
    }

    /// As above, as if the file ended at a limit.
    MvEventLog(Path file, long limit) {
        requireHeader(file);
        try {
            store = MvFile.openToRead(LinkFreePath.of(file), limit);
            // A map that does not exist cannot be made in a file that is only read.
            events = store.hasMap(EventFile.EVENTS) ? EventFile.events(store) : null;
            // WIDE: in damaged pages the store stumbles over whatever comes first, and has no one type for that.
        } catch (RuntimeException e) {
            throw new RecordingException(
                    Kind.DAMAGED, "cannot make sense of the recording's file " + file + ": " + e.getMessage(), e);
        }
    }

    private static void requireHeader(Path file) {
        boolean isEmpty;
        try {
            isEmpty = Files.size(file) < EMPTY_FILE_BYTES;
        } catch (IOException e) {
            throw new RecordingException(Kind.DAMAGED, "the recording's file " + file + " " + BoundedFile.reason(e), e);
        }
        if (isEmpty) {
            throw new RecordingException(
                    Kind.DAMAGED,
                    "the recording's file " + file + " has no header: its recorder ended before it had written"
                            + " anything, or is just beginning");
        }
    }

    /// Up to which sequence number the events had been forced to the disk when the last of them was written.
    ///
    /// @throws CodecException if that cannot be read
    long durableSequenceNr() {
        try {
            return EventFile.note(store, EventFile.DURABLE_TO);
            // WIDE: in damaged pages the store stumbles over whatever comes first, and has no one type for that.
        } catch (RuntimeException e) {
            throw unreadable(e);
        }
    }

    @Override
    public long highestSequenceNr() {
        if (events == null) {
            return 0;
        }
        try {
            Long last = events.lastKey();
            return last == null ? 0 : last;
            // WIDE: in damaged pages the store stumbles over whatever comes first, and has no one type for that.
        } catch (RuntimeException e) {
            throw unreadable(e);
        }
    }

    @Override
    public @Nullable EventRow row(long sequenceNr) {
        if (events == null) {
            return null;
        }
        byte[] row;
        try {
            row = events.get(sequenceNr);
            // WIDE: in damaged pages the store stumbles over whatever comes first, and has no one type for that.
        } catch (RuntimeException e) {
            throw unreadable(e);
        }
        return row == null ? null : EventRow.decode(sequenceNr, row);
    }

    @Override
    public long before(long sequenceNr) {
        if (events == null) {
            return 0;
        }
        try {
            Long before = events.lowerKey(sequenceNr);
            // In a damaged page the keys may have any order.
            return before == null || before >= sequenceNr ? 0 : Math.max(0, before);
            // WIDE: in damaged pages the store stumbles over whatever comes first, and has no one type for that.
        } catch (RuntimeException e) {
            throw unreadable(e);
        }
    }

    private static CodecException unreadable(RuntimeException cause) {
        return new CodecException("the store cannot read its own pages: " + cause.getMessage(), cause);
    }

    @Override
    public boolean seesLaterEvents() {
        return false;
    }

    @Override
    public void close() {
        store.closeImmediately();
    }
}
