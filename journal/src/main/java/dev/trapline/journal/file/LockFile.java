package dev.trapline.journal.file;

import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.BoundedFile.Links;
import dev.trapline.abi.file.UnusableFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A file in a recording's directory that one process at a time can lock. The system releases the lock when the process
/// ends, however it ends.
public final class LockFile implements AutoCloseable {

    /// The files that this process has locked. By POSIX, opening such a file again and closing it releases the
    /// lock. So code that opens one looks here first, and holds this set's monitor until the file is closed.
    private static final Set<Path> HELD_HERE = new ConcurrentSkipListSet<>();

    /// Attempts, and the pause after each: a fifth of a second.
    private static final int TRIES = 10;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /// Two files show the same sizes by chance once in 2^48 times.
    private static final int SIZES = 4;

    private static final int BIGGEST = 4096;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final FileChannel channel;
    private final Path file;

    private LockFile(FileChannel channel, Path file) {
        this.channel = channel;
        this.file = file;
        HELD_HERE.add(file);
    }

    private static Path key(Path file) {
        return file.toAbsolutePath().normalize();
    }

    /// Locks a file, and makes it if there is none. A process that only looks whether it is locked ([#isHeld]) has
    /// it for a moment, so one try is not enough.
    ///
    /// @return null if it is already locked, by this process or by another one
    public static @Nullable LockFile take(LinkFreePath path) throws IOException {
        LockFile lock = tryOnce(path);
        for (int tries = 1; lock == null && tries < TRIES && !isHeldHere(path.file()); tries++) {
            LockSupport.parkNanos(PAUSE_NANOS);
            lock = tryOnce(path);
        }
        return lock;
    }

    private static @Nullable LockFile tryOnce(LinkFreePath path) throws IOException {
        synchronized (HELD_HERE) {
            Path file = path.file();
            if (isHeldHere(file)) {
                return null;
            }
            BoundedFile.requireRegularOrNothing(file, Links.REFUSED);
            makeIfMissing(file);
            FileChannel channel = openIfThere(path);
            if (channel == null) {
                return null;
            }
            // The one before deletes its file before it releases the lock: this may be a file that is no longer there.
            if (tryLock(channel) != null && isAt(channel, file)) {
                return new LockFile(channel, key(file));
            }
            channel.close();
            return null;
        }
    }

    private static void makeIfMissing(Path file) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Permissions.makeFile(file);
        } catch (FileAlreadyExistsException e) {
            // Another process was faster: the lock decides.
        } catch (NoSuchFileException e) {
            // Another process may have taken it before its permissions were set, and deleted it.
            Path directory = file.toAbsolutePath().getParent();
            if (directory == null || !Files.isDirectory(directory)) {
                throw e;
            }
        }
    }

    /// Null if the file is gone: the one before has released its lock meanwhile, and deleted it.
    private static @Nullable FileChannel openIfThere(LinkFreePath path) throws IOException {
        try {
            return path.openToWrite();
        } catch (NoSuchFileException | UnusableFileException e) {
            BoundedFile.requireRegularOrNothing(path.file(), Links.REFUSED);
            BoundedFile.requireOneName(path.file());
            return null;
        }
    }

    /// Whether the file that a channel has open, and has locked, is still the one at a path. Java does not tell
    /// which file a channel has open, and a file system gives the number of a deleted file to a new one. So this
    /// gives the file one random size after the other, and compares what the path shows: nobody else may change it.
    static boolean isAt(FileChannel channel, Path file) throws IOException {
        for (int size : RANDOM.ints(SIZES, 1, BIGGEST).toArray()) {
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(new byte[1]), size - 1L);
            if (sizeOf(file) != size) {
                return false;
            }
        }
        channel.truncate(0);
        return true;
    }

    /// 0 if there is no file.
    private static long sizeOf(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .size();
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private static boolean isHeldHere(Path file) {
        return HELD_HERE.contains(key(file));
    }

    /// Whether a file is locked. Changes neither the file nor the lock.
    public static boolean isHeld(Path file) throws IOException {
        synchronized (HELD_HERE) {
            if (isHeldHere(file)) {
                return true;
            }
            BoundedFile.requireRegularOrNothing(file, Links.REFUSED);
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                return false;
            }
            try (FileChannel channel = BoundedFile.open(file, Links.REFUSED);
                    FileLock shared = channel.tryLock(0, Long.MAX_VALUE, true)) {
                return shared == null;
            } catch (OverlappingFileLockException e) {
                return true;
            } catch (NoSuchFileException e) {
                return false;
            }
        }
    }

    /// Locks a whole file for one holder, without waiting.
    ///
    /// @return null if another process has it locked, or another channel of this one
    public static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    @Override
    public void close() {
        synchronized (HELD_HERE) {
            try {
                channel.close();
            } catch (IOException e) {
                // The system releases it when the process ends at the latest.
            }
            HELD_HERE.remove(file);
        }
    }
}
