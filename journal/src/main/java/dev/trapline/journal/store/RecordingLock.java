package dev.trapline.journal.store;

import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import dev.trapline.journal.file.Disk;
import dev.trapline.journal.file.LinkFreePath;
import dev.trapline.journal.file.LockFile;
import dev.trapline.journal.file.MvFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/// Ensures that only one recorder at a time writes a recording.
///
/// It locks a separate file: a lock on the events' file would be lost as soon as any code in the same process closed
/// that file after reading it.
public final class RecordingLock implements AutoCloseable {

    private final Path file;
    private final LockFile lock;
    private final AtomicBoolean closed = new AtomicBoolean();

    private RecordingLock(Path file, LockFile lock) {
        this.file = file;
        this.lock = lock;
    }

    /// Takes the lock of a recording.
    ///
    /// @throws RecordingException if somebody else has it, or it cannot be taken
    public static RecordingLock take(RecordingDirectory directory) {
        Path file = directory.lockFile();
        try {
            LockFile lock = LockFile.take(LinkFreePath.of(file));
            if (lock != null) {
                return new RecordingLock(file, lock);
            }
        } catch (IOException e) {
            throw MvFile.cannotWrite(file, e);
        }
        throw new RecordingException(
                Kind.IN_USE,
                "the recording " + directory.path() + " is being written by another process: wait until that is done");
    }

    /// Whether somebody has the lock of a recording, without taking it. A file that cannot be looked at is
    /// nobody's.
    public static boolean isHeld(RecordingDirectory directory) {
        try {
            return LockFile.isHeld(directory.lockFile());
        } catch (IOException e) {
            return false;
        }
    }

    /// Releases the lock and deletes its file, so that a closed recording has none. A second call does nothing: the
    /// file would be that of the next holder.
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            Disk.deleteQuietly(file);
            lock.close();
        }
    }
}
