package dev.trapline.journal.store;

import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.BoundedFile.Links;
import dev.trapline.abi.file.WriteFailure;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.type.LongDataType;

/// How the store's file is laid out: one map of rows by sequence number, and one that remembers what was deleted.
final class MvFile {

    static final String EVENTS = "events";
    static final String META = "meta";
    static final String DELETED_TO = "deletedTo";
    /// Up to which sequence number the file had been forced to the disk before this was written.
    static final String DURABLE_TO = "durableTo";

    /// While a file is rewritten, what is held in memory between two commits, in bytes.
    private static final long COPY_STEP = 8 << 20;

    /// Rows are read in order and once: a small cache is enough.
    private static final int CACHE_MIB = 4;

    private MvFile() {}

    /// Opens a file to write. Space is never used again, so that a kill at any moment leaves what was committed,
    /// and a reader never sees a block change under it; nothing is compacted or committed behind the writer's back.
    ///
    /// @param name that the store's own file systems know
    /// @throws RecordingException if it cannot be written, or somebody else writes it
    static MVStore openForRecording(Path file, String name) {
        try {
            if (name.equals(file.toAbsolutePath().toString())) {
                makeIfAbsent(file);
                return openToWrite(GuardedFilePath.nameOf(file));
            }
            return openToWrite(name);
        } catch (IOException | MVStoreException | IllegalStateException e) {
            throw cannotWrite(file, e);
        }
    }

    /// Opens a file to write that somebody else may have made, or makes it.
    ///
    /// @throws RecordingException if it cannot be written, or somebody else writes it
    static MVStore openToAdd(Path file) {
        try {
            makeIfAbsent(file);
            return appending(BoundedStore.open(GuardedFilePath.nameOf(file), false, CACHE_MIB));
        } catch (IOException | MVStoreException | IllegalStateException e) {
            throw cannotWrite(file, e);
        }
    }

    /// The store would make it as open as the umask lets.
    private static void makeIfAbsent(Path file) throws IOException {
        BoundedFile.requireRegularOrNothing(file, Links.REFUSED);
        if (!Files.exists(file)) {
            Permissions.makeFile(file);
        }
    }

    private static MVStore openToWrite(String name) {
        MVStore store = new MVStore.Builder()
                .fileName(name)
                .autoCommitDisabled()
                .autoCompactFillRate(0)
                .cacheSize(CACHE_MIB)
                .open();
        return appending(store);
    }

    private static MVStore appending(MVStore store) {
        store.setReuseSpace(false);
        store.setVersionsToKeep(0);
        return store;
    }

    /// Opens a file to read, even if somebody else has it open.
    ///
    /// @param limit as if the file ended there, in bytes
    static MVStore openToRead(Path file, long limit) {
        return BoundedStore.open(UnlockedFilePath.nameOf(file, limit), true, CACHE_MIB);
    }

    /// Makes a file with these rows alone, and forces it to the disk.
    ///
    /// @param deletedTo up to where rows were deleted
    static void write(Path file, Iterator<EventRow> rows, long deletedTo) throws IOException {
        Disk.deleteRegular(file);
        MVStore copy = openForRecording(file, file.toAbsolutePath().toString());
        try {
            MVMap<Long, byte[]> events = events(copy);
            long held = 0;
            long last = deletedTo;
            while (rows.hasNext()) {
                EventRow row = rows.next();
                byte[] bytes = row.encode();
                events.append(row.sequenceNr(), bytes);
                last = row.sequenceNr();
                held += bytes.length;
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

    static RecordingException cannotWrite(Path file, Throwable cause) {
        return new RecordingException(
                Kind.STORAGE,
                "cannot write the recording's file " + file + ": " + WriteFailure.reason(cause)
                        + "; make room or choose another place, and record again",
                cause);
    }
}
