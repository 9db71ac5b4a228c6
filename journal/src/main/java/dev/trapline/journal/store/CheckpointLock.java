package dev.trapline.journal.store;

import dev.trapline.abi.file.FileKind;
import java.io.IOException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Makes sure that one process at a time adds checkpoints. The file stays: to take it away under somebody who has just
/// opened it would give the lock to two.
final class CheckpointLock implements AutoCloseable {

    private final LockFile lock;

    private CheckpointLock(LockFile lock) {
        this.lock = lock;
    }

    /// Takes the lock, and makes its directory.
    ///
    /// @param store the file of the checkpoints
    /// @return null if somebody else has it, or nothing can be written there
    static @Nullable CheckpointLock take(Path store) {
        Path file = CheckpointPlace.lock(store);
        Path directory = file.getParent();
        try {
            if (directory != null) {
                make(directory);
            }
            LockFile lock = LockFile.take(CheckpointPlace.top(store), file);
            return lock == null ? null : new CheckpointLock(lock);
        } catch (IOException e) {
            // A recording that cannot be written can be read all the same.
            return null;
        }
    }

    private static void make(Path directory) throws IOException {
        Path recording = directory.toAbsolutePath().getParent();
        if (recording != null && FileKind.of(directory, LinkOption.NOFOLLOW_LINKS) == FileKind.NOTHING) {
            Permissions.makeDirectoryIn(recording, String.valueOf(directory.getFileName()));
        }
    }

    @Override
    public void close() {
        lock.close();
    }
}
