package dev.trapline.journal.persistence;

import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.abi.machine.Durability;
import dev.trapline.abi.machine.StoragePolicy;
import dev.trapline.journal.codec.HeaderCodec;
import dev.trapline.journal.file.Disk;
import dev.trapline.journal.store.EventRow;
import dev.trapline.journal.store.EventStore;
import dev.trapline.journal.store.RecordingDirectory;
import dev.trapline.journal.store.RecordingLock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A recording's files on the disk while it is written.
final class RecordingFiles {

    /// The writer id of the header. It is not part of the history.
    private static final String WRITER = "recorder";

    private final RecordingDirectory directory;
    private final RecordingLock lock;
    private final @Nullable Stores stores;
    private final UnaryOperator<String> said;
    private volatile @Nullable EventStore store;
    private volatile long durable;

    /// @param lock released when the recording is closed
    /// @param stores null if another journal plugin stores the events
    /// @param said turns the words of another plugin's error into those for the user
    private RecordingFiles(
            RecordingDirectory directory, RecordingLock lock, @Nullable Stores stores, UnaryOperator<String> said) {
        this.directory = directory;
        this.lock = lock;
        this.stores = stores;
        this.said = said;
    }

    /// How the store comes about, and where the journal plugin finds it.
    ///
    /// @param open makes the store in a file, or opens the one that is there
    record Stores(RecordingStores registry, String persistenceId, Function<Path, EventStore> open) {}

    /// @throws RecordingException if the store cannot be opened; the lock is given back then
    static RecordingFiles open(
            RecordingDirectory directory, RecordingLock lock, @Nullable Stores stores, UnaryOperator<String> said) {
        RecordingFiles files = new RecordingFiles(directory, lock, stores, said);
        try {
            files.reopen();
            return files;
        } catch (RecordingException e) {
            lock.close();
            throw e;
        }
    }

    /// Makes the directory a recording, which is open. In a store of its own the header is written before: what
    /// says that it is a recording can then always be read, whatever ends the process.
    ///
    /// @param name of the store, for the manifest
    /// @throws RecordingException if that fails; the store is closed then, and the lock given back
    void begin(RecordingHeader header, String name, StoragePolicy policy) {
        EventStore open = store;
        try {
            if (open != null) {
                byte[] content = HeaderCodec.encode(header);
                open.append(List.of(new EventRow(
                        1, JournalEventSerializer.IDENTIFIER, JournalEventSerializer.HEADER, WRITER, 0, content)));
                if (policy.durability() != Durability.NONE) {
                    sync();
                }
            }
            directory.begin(header, name, policy);
        } catch (RecordingException e) {
            release();
            lock.close();
            throw e;
        }
    }

    /// Where a closed recording ends.
    ///
    /// @param segments how many there are
    /// @param digest of the last of them, of the header if there is none
    record Ending(long segments, long digest) {}

    /// Closes the store if it is open, and opens it again.
    ///
    /// @throws RecordingException if that fails
    void reopen() {
        if (stores == null) {
            return;
        }
        release();
        EventStore opened = stores.open().apply(directory.eventFile());
        store = opened;
        durable = Math.max(durable, opened.durableSequenceNr());
        stores.registry().register(stores.persistenceId(), opened);
    }

    private void release() {
        EventStore open = store;
        if (open != null && stores != null) {
            stores.registry().unregister(stores.persistenceId());
            store = null;
            open.close();
        }
    }

    /// Forces to the disk what was written.
    ///
    /// @throws RecordingException of kind NOT_DURABLE if that fails
    void sync() {
        EventStore open = store;
        if (open != null) {
            open.sync();
            durable = Math.max(durable, open.durableSequenceNr());
        }
    }

    /// The highest sequence number that is known to be on the disk.
    ///
    /// @param acknowledged the highest that is stored: with another plugin, what that means is the plugin's affair
    long durableSequenceNr(long acknowledged) {
        EventStore open = store;
        return stores == null ? acknowledged : Math.max(durable, open == null ? 0 : open.durableSequenceNr());
    }

    /// Closes the store and notes it.
    void finish(Ending ending) {
        EventStore open = store;
        if (open != null && stores != null) {
            stores.registry().unregister(stores.persistenceId());
            open.finish();
            store = null;
        }
        directory.markClosed(ending.segments(), ending.digest());
        durable = ending.segments() + 1;
        lock.close();
    }

    /// Closes the store as it is, with what it has forced to the disk.
    ///
    /// @param acknowledged the highest sequence number that is stored
    /// @param cause why
    void abandon(long acknowledged, Throwable cause) {
        try {
            release();
            // WIDE: the store failed before, and its first failure is the one that counts.
        } catch (RuntimeException e) {
            store = null;
        }
        if (stores != null && kind(cause) != Kind.NOT_DURABLE) {
            try {
                Disk.force(directory.eventFile());
                durable = Math.max(durable, acknowledged);
            } catch (IOException e) {
                // What was durable before is what there is to report.
            }
        }
        lock.close();
    }

    /// What failed, where, and what to do.
    String describeFailure(Throwable cause) {
        for (Throwable next = cause; next != null; next = next.getCause()) {
            if (next instanceof RecordingException) {
                return next.getMessage() + " (the recording up to there is kept)";
            }
        }
        Throwable root = cause;
        for (Throwable next = cause.getCause(); next != null; next = next.getCause()) {
            root = next;
        }
        return "cannot continue to write the recording " + directory.path() + ": "
                + said.apply(String.valueOf(root.getMessage()))
                + " (the recording up to there is kept); check that its store can be written, and record again";
    }

    /// Whether it may help to open the store again and send the missing events. It does not help if the disk or the
    /// store have lost data that they had confirmed.
    static boolean mayPass(Throwable cause) {
        Kind kind = kind(cause);
        return kind == null || kind == Kind.STORAGE || kind == Kind.IN_USE;
    }

    private static @Nullable Kind kind(Throwable cause) {
        for (Throwable next = cause; next != null; next = next.getCause()) {
            if (next instanceof RecordingException known) {
                return known.kind();
            }
        }
        return null;
    }
}
