package dev.trapline.journal.store;

import dev.trapline.journal.RecordingException;
import dev.trapline.journal.RecordingException.Kind;
import java.nio.file.Path;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.LongDataType;
import org.h2.mvstore.type.StringDataType;

/// How the store's file is laid out: one map of rows by sequence number, and one that remembers what was deleted.
final class MvFile {

    static final String EVENTS = "events";
    static final String META = "meta";
    static final String DELETED_TO = "deletedTo";

    /// Rows are read in order and once: a small cache is enough.
    private static final int CACHE_MIB = 4;

    private MvFile() {}

    /// Opens a file to write. Space is never used again, so that a kill at any moment leaves what was committed,
    /// and a reader never sees a block change under it; nothing is compacted or committed behind the writer's back.
    static MVStore openToWrite(Path file) {
        MVStore store = new MVStore.Builder()
                .fileName(file.toAbsolutePath().toString())
                .autoCommitDisabled()
                .autoCompactFillRate(0)
                .cacheSize(CACHE_MIB)
                .open();
        store.setReuseSpace(false);
        store.setVersionsToKeep(0);
        return store;
    }

    /// Opens a file to read, whoever else has it open.
    static MVStore openToRead(Path file) {
        return new MVStore.Builder()
                .fileName(UnlockedFilePath.nameOf(file))
                .readOnly()
                .autoCommitDisabled()
                .cacheSize(CACHE_MIB)
                .open();
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
                        .keyType(StringDataType.INSTANCE)
                        .valueType(StringDataType.INSTANCE));
    }

    static RecordingException cannotWrite(Path file, Throwable cause) {
        Throwable root = cause;
        for (Throwable next = cause.getCause(); next != null; next = next.getCause()) {
            root = next;
        }
        return new RecordingException(
                Kind.STORAGE,
                "cannot write the recording's file " + file + ": " + root.getMessage()
                        + "; make room or choose another place, and record again",
                cause);
    }
}
