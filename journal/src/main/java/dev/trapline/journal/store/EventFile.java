package dev.trapline.journal.store;

import dev.trapline.journal.file.Disk;
import dev.trapline.journal.file.MvFile;
import dev.trapline.journal.file.RowDataType;
import dev.trapline.journal.file.TextDataType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.LongDataType;

/// How a recording's file is laid out: one map of rows by sequence number, and one that remembers what was deleted.
final class EventFile {

    static final String EVENTS = "events";
    static final String META = "meta";
    static final String DELETED_TO = "deletedTo";
    /// Up to which sequence number the file had been forced to the disk before this was written.
    static final String DURABLE_TO = "durableTo";

    /// While a file is rewritten, what is held in memory between two commits, in bytes. The store's buffer of 1 MiB
    /// has room for it.
    private static final long COPY_STEP = 512 << 10;

    private EventFile() {}

    /// Makes a file with these rows alone, and forces it to the disk.
    ///
    /// @param deletedTo up to where rows were deleted
    static void write(Path file, Iterator<EventRow.Encoded> rows, long deletedTo) throws IOException {
        Disk.deleteRegular(file);
        MVStore copy = MvFile.openForRecording(file, file.toAbsolutePath().toString());
        try {
            MVMap<Long, byte[]> events = events(copy);
            long held = 0;
            long last = deletedTo;
            while (rows.hasNext()) {
                EventRow.Encoded row = rows.next();
                events.append(row.sequenceNr(), row.bytes());
                last = row.sequenceNr();
                held += row.bytes().length;
                if (held >= COPY_STEP) {
                    copy.commit();
                    held = 0;
                }
            }
            MVMap<String, String> meta = meta(copy);
            meta.put(DURABLE_TO, Long.toString(last));
            if (deletedTo > 0) {
                meta.put(DELETED_TO, Long.toString(deletedTo));
            }
            copy.commit();
            copy.sync();
            copy.close();
        } finally {
            copy.closeImmediately();
        }
        Disk.force(file);
    }

    /// A number that the file notes about itself, 0 if it does not.
    static long note(MVStore store, String key) {
        return store.hasMap(META) ? Long.parseLong(meta(store).getOrDefault(key, "0")) : 0;
    }

    static MVMap<Long, byte[]> events(MVStore store) {
        return store.openMap(
                EVENTS,
                new MVMap.Builder<Long, byte[]>().keyType(LongDataType.INSTANCE).valueType(RowDataType.INSTANCE));
    }

    static MVMap<String, String> meta(MVStore store) {
        return store.openMap(
                META,
                new MVMap.Builder<String, String>()
                        .keyType(TextDataType.INSTANCE)
                        .valueType(TextDataType.INSTANCE));
    }
}
