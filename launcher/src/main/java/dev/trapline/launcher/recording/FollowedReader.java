package dev.trapline.launcher.recording;

import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.launcher.output.Watch;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Reads a recording that is still being written. At the current end of the history it waits for more. It ends when the
/// run ends, or when no process writes the recording any more.
public final class FollowedReader extends ReaderUnderWatch {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Path directory;
    private Runnable beforeWaiting = () -> {};

    private FollowedReader(RecordingReader reader, Path directory, Watch watch) {
        super(reader, watch);
        this.directory = directory;
    }

    /// Opens a recording to follow it. Waits for its beginning if the recorder has only just started.
    ///
    /// @param watch ends the wait at Ctrl-C
    /// @throws RecordingException if it cannot be read, and no process is writing it
    static FollowedReader open(Path directory, OpenOptions options, Watch watch) {
        while (true) {
            boolean written = Recordings.isBeingWritten(directory);
            try {
                return new FollowedReader(Recordings.open(directory, options), directory, watch);
            } catch (RecordingException e) {
                if (!written) {
                    throw e;
                }
                pause(watch, 0);
            }
        }
    }

    /// Sets an action to run before each wait, such as printing buffered output.
    public void beforeWaiting(Runnable action) {
        beforeWaiting = action;
    }

    private static void pause(Watch watch, long slices) {
        watch.at("slice", slices, 0);
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    @Override
    Iterator<HistoryEntry> handedOn(Iterator<HistoryEntry> entries) {
        return new Iterator<>() {
            private boolean over;
            private long slices;

            @Override
            public boolean hasNext() {
                while (!entries.hasNext()) {
                    if (over) {
                        return false;
                    }
                    // This must be checked before the recording is read again, so that everything written before it was
                    // closed is seen.
                    boolean written = Recordings.isBeingWritten(directory);
                    if (!reader.refresh()) {
                        over = !written;
                        if (written) {
                            beforeWaiting.run();
                            pause(watch, slices);
                        }
                    }
                }
                return true;
            }

            @Override
            public HistoryEntry next() {
                HistoryEntry entry = entries.next();
                over = entry.record() instanceof JournalRecord.End;
                slices = entry.position().slice();
                return entry;
            }
        };
    }

    /// It is expected that the recording is not closed.
    @Override
    public @Nullable String notice() {
        return null;
    }
}
