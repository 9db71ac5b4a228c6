package dev.trapline.timeline.checkpoint;

import dev.trapline.abi.file.FileKind;
import dev.trapline.journal.file.LockFile;
import dev.trapline.journal.file.Permissions;
import java.io.IOException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Ensures that only one process at a time adds checkpoints. The file is not deleted: if another process had just
/// opened it, two processes could hold the lock.
final class CheckpointLock implements AutoCloseable {

    private final LockFile lock;

    private CheckpointLock(LockFile lock) {
        this.lock = lock;
    }

    /// Takes the lock, and makes its directory.
    ///
    /// @return null if another process has it, or the directory cannot be written
    static @Nullable CheckpointLock take(Path recording) {
        try {
            Path directory = CheckpointPlace.directory(recording);
            if (FileKind.of(directory, LinkOption.NOFOLLOW_LINKS) == FileKind.NOTHING) {
                Permissions.makeDirectoryIn(recording, String.valueOf(directory.getFileName()));
            }
            LockFile lock = LockFile.take(CheckpointPlace.lock(recording));
            return lock == null ? null : new CheckpointLock(lock);
        } catch (IOException e) {
            // A recording that cannot be written can still be read.
            return null;
        }
    }

    @Override
    public void close() {
        lock.close();
    }
}
