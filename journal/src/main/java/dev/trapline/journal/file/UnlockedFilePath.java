package dev.trapline.journal.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.Path;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;

/// A file system for the store that only reads, and takes no lock: a recording can be read while its recorder holds the
/// file's lock. The store appends and never overwrites, so data that a reader has found does not move.
///
/// Public only because the store makes instances by reflection.
public final class UnlockedFilePath extends FilePathWrapper {

    private static final String SCHEME = "trapline-look";

    /// For the store alone.
    public UnlockedFilePath() {}

    static {
        FilePath.register(new UnlockedFilePath());
    }

    /// The name under which the store finds a file through this file system.
    ///
    /// @param limit as if the file ended there, in bytes
    static String nameOf(LinkFreePath path, long limit) {
        return SCHEME + ":" + limit + "/" + path.text();
    }

    @Override
    protected FilePath unwrap(String fileName) {
        return FilePath.get(path(fileName).file().toString());
    }

    private static LinkFreePath path(String name) {
        return LinkFreePath.parse(name.substring(isLimited(name) ? name.indexOf('/') + 1 : SCHEME.length() + 1));
    }

    // The names that the store makes itself, of parents for instance, have no limit.
    private static boolean isLimited(String name) {
        return name.matches("(?s)" + SCHEME + ":[0-9]+/.*");
    }

    private long limit() {
        return isLimited(name)
                ? Long.parseLong(name.substring(SCHEME.length() + 1, name.indexOf('/')))
                : Long.MAX_VALUE;
    }

    @Override
    public long size() {
        return Math.min(super.size(), limit());
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }

    @Override
    public boolean canWrite() {
        return false;
    }

    @Override
    public FileChannel open(String mode) throws IOException {
        LinkFreePath path = path(name);
        return new Unlocked(path.file(), path.open(), limit());
    }

    private static final class Unlocked extends FileBaseDefault {

        private final Path name;
        private final FileChannel file;
        private final long limit;

        Unlocked(Path name, FileChannel file, long limit) {
            this.name = name;
            this.file = file;
            this.limit = limit;
        }

        @Override
        public synchronized int read(ByteBuffer into, long position) throws IOException {
            if (position >= limit) {
                return -1;
            }
            int whole = into.limit();
            into.limit(into.position() + (int) Math.min(into.remaining(), limit - position));
            try {
                return file.read(into, position);
            } finally {
                into.limit(whole);
            }
        }

        @Override
        public synchronized int write(ByteBuffer from, long position) {
            throw new NonWritableChannelException();
        }

        @Override
        protected void implTruncate(long size) {
            throw new NonWritableChannelException();
        }

        @Override
        public long size() throws IOException {
            return Math.min(file.size(), limit);
        }

        @Override
        public void force(boolean metaData) {}

        @Override
        public FileLock tryLock(long position, long size, boolean shared) {
            return new NoLock(this);
        }

        /// The store names its files by this in its messages.
        @Override
        public String toString() {
            return name.toString();
        }

        @Override
        protected void implCloseChannel() throws IOException {
            file.close();
        }
    }

    private static final class NoLock extends FileLock {

        NoLock(FileChannel channel) {
            super(channel, 0, Long.MAX_VALUE, true);
        }

        @Override
        public boolean isValid() {
            return true;
        }

        @Override
        public void release() {}
    }
}
