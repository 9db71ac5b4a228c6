package dev.trapline.journal.persistence;

import dev.trapline.journal.RecordingException;
import dev.trapline.journal.store.EventStore;
import dev.trapline.journal.store.RecordingDirectory;
import org.jspecify.annotations.Nullable;

/// What a recording holds on disk while it is written.
final class RecordingFiles {

    private final RecordingDirectory directory;
    private final @Nullable EventStore store;
    private final Runnable release;

    /// @param store null if the events are kept elsewhere, by another journal plugin
    /// @param release called when the store is no longer used
    RecordingFiles(RecordingDirectory directory, @Nullable EventStore store, Runnable release) {
        this.directory = directory;
        this.store = store;
        this.release = release;
    }

    /// Where a closed recording ends.
    ///
    /// @param segments how many there are
    /// @param digest of the last of them, of the header if there is none
    record Ending(long segments, long digest) {}

    /// Closes the store and notes it.
    void finish(Ending ending) {
        release.run();
        if (store != null) {
            store.finish();
        }
        directory.markClosed(ending.segments(), ending.digest());
    }

    /// Closes the store as it is.
    void abandon() {
        release.run();
        if (store != null) {
            store.close();
        }
    }

    /// What failed, where, and what to do.
    String describeFailure(Throwable cause) {
        for (Throwable next = cause; next != null; next = next.getCause()) {
            if (next instanceof RecordingException) {
                return next.getMessage() + " (what was recorded until then is kept)";
            }
        }
        Throwable root = cause;
        for (Throwable next = cause.getCause(); next != null; next = next.getCause()) {
            root = next;
        }
        return "cannot go on writing the recording " + directory.path() + ": " + root.getMessage()
                + " (what was recorded until then is kept); see that its store can be written, and record again";
    }
}
