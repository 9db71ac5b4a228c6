package dev.trapline.journal.file;

import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.BoundedFile.Links;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A file in a recording's directory that one process at a time has locked. The system lets go of it when the process
/// ends, however it ends.
public final class LockFile implements AutoCloseable {

    private final FileChannel channel;

    private LockFile(FileChannel channel) {
        this.channel = channel;
    }

    /// Locks a file, and makes it if there is none.
    ///
    /// @return null if somebody else has it, in this process or in another one
    public static @Nullable LockFile take(LinkFreePath path) throws IOException {
        Path file = path.file();
        BoundedFile.requireRegularOrNothing(file, Links.REFUSED);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            try {
                Permissions.makeFile(file);
            } catch (FileAlreadyExistsException e) {
                // Another process was quicker: the lock decides.
            }
        }
        FileChannel channel = path.openToWrite();
        if (isTaken(channel)) {
            return new LockFile(channel);
        }
        channel.close();
        return null;
    }

    private static boolean isTaken(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The system lets go of it at the latest when the process ends.
        }
    }
}
