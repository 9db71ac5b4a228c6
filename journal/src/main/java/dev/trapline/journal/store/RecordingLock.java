package dev.trapline.journal.store;

import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.BoundedFile.Links;
import dev.trapline.journal.RecordingException;
import dev.trapline.journal.RecordingException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Makes sure that one recorder at a time writes a recording. The system lets go of it when the process ends, however
/// it ends.
///
/// It is a lock on a file of its own: on the events' file, a lock would be lost as soon as anybody in the same process
/// closed that file after having looked at it.
public final class RecordingLock implements AutoCloseable {

    private final Path file;
    private final FileChannel channel;

    private RecordingLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /// Takes the lock of a recording.
    ///
    /// @throws RecordingException if somebody else has it, or it cannot be taken
    public static RecordingLock take(RecordingDirectory directory) {
        Path file = directory.lockFile();
        try {
            FileChannel channel = open(directory.path(), file);
            if (tryLock(channel) != null) {
                return new RecordingLock(file, channel);
            }
            channel.close();
        } catch (IOException e) {
            throw MvFile.cannotWrite(file, e);
        }
        throw new RecordingException(
                Kind.IN_USE,
                "the recording " + directory.path() + " is being written by another process: wait until that is done");
    }

    /// Opens a file to lock it, and makes it if there is none.
    ///
    /// @param recording in whose directory it is
    static FileChannel open(Path recording, Path file) throws IOException {
        BoundedFile.requireRegularOrNothing(file, Links.REFUSED);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            try {
                Permissions.makeFile(file);
            } catch (FileAlreadyExistsException e) {
                // Another process was quicker: the lock decides.
            }
        }
        return BoundedFile.openToWriteIn(recording, file);
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /// Lets go; the file goes with it, so that a recording that is at rest has none.
    @Override
    public void close() {
        Disk.deleteQuietly(file);
        try {
            channel.close();
        } catch (IOException e) {
            // The system lets go of it at the latest when the process ends.
        }
    }
}
