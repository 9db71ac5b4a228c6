package dev.trapline.journal.store;

import dev.trapline.journal.file.MvFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;

/// A disk that loses data at a power cut. Of each write since the last `force`, a random part survives: all of it, its
/// first bytes, all except a hole, or nothing, in any order.
///
/// Writes can also be made to fail, before or after they have reached the disk.
///
/// It is public only because the store creates instances by reflection.
public final class FaultyDisk extends FilePathWrapper {

    static final String SCHEME = "trapline-faulty";
    private static final int SECTOR = 512;
    private static final ConcurrentMap<String, Medium> MEDIA = new ConcurrentHashMap<>();

    /// Only for the store.
    public FaultyDisk() {}

    static {
        FilePath.register(new FaultyDisk());
    }

    /// The content of one disk, and the pending writes.
    public static final class Medium {

        private final Path file;
        private final List<Map.Entry<Long, byte[]>> unforced = new ArrayList<>();
        /// The number of writes that still succeed; later ones fail.
        private long writesLeft = Long.MAX_VALUE;
        /// Whether a write that fails reaches the disk nevertheless.
        private boolean ambiguous;

        private Medium(Path file) {
            this.file = file;
        }

        /// Makes all writes fail after a number of further writes.
        ///
        /// @param reachTheDisk whether writes that fail reach the disk nevertheless
        public synchronized void failAfter(long writes, boolean reachTheDisk) {
            writesLeft = writes;
            ambiguous = reachTheDisk;
        }

        /// Writes succeed again.
        public synchronized void mend() {
            writesLeft = Long.MAX_VALUE;
        }

        private synchronized void write(FileChannel channel, ByteBuffer from, long position) throws IOException {
            byte[] bytes = new byte[from.remaining()];
            from.get(bytes);
            boolean fails = writesLeft <= 0;
            writesLeft--;
            if (!fails || ambiguous) {
                unforced.add(Map.entry(position, bytes));
                channel.write(ByteBuffer.wrap(bytes), position);
            }
            if (fails) {
                throw new IOException("No space left on device");
            }
        }

        private synchronized void force() {
            unforced.clear();
        }

        /// Writes the content of the disk after a power cut: `forced` is the file at the last force.
        synchronized void cutPower(byte[] forced, Path into, Random dice) throws IOException {
            Files.write(into, forced);
            List<Map.Entry<Long, byte[]>> lost = new ArrayList<>(unforced);
            Collections.shuffle(lost, dice);
            try (FileChannel channel = FileChannel.open(into, StandardOpenOption.WRITE)) {
                for (Map.Entry<Long, byte[]> write : lost) {
                    byte[] bytes = write.getValue();
                    switch (dice.nextInt(4)) {
                        case 0 -> {}
                        case 1 -> put(channel, write.getKey(), bytes, 0, bytes.length);
                        case 2 -> put(channel, write.getKey(), bytes, 0, sectors(dice, bytes.length));
                        default -> {
                            int hole = sectors(dice, bytes.length);
                            put(channel, write.getKey(), bytes, 0, hole);
                            int behind = Math.min(bytes.length, hole + SECTOR * (1 + dice.nextInt(8)));
                            put(channel, write.getKey(), bytes, behind, bytes.length);
                        }
                    }
                }
            }
        }

        private static int sectors(Random dice, int length) {
            return Math.min(length, dice.nextInt(length / SECTOR + 1) * SECTOR);
        }

        private static void put(FileChannel channel, long at, byte[] bytes, int from, int to) throws IOException {
            channel.write(ByteBuffer.wrap(bytes, from, to - from), at + from);
        }

        byte[] content() throws IOException {
            return Files.readAllBytes(file);
        }
    }

    /// The disk of a file.
    public static Medium of(Path file) {
        return MEDIA.computeIfAbsent(file.toAbsolutePath().toString(), _ -> new Medium(file));
    }

    /// A store in a file on such a disk.
    public static MvEventStore store(Path file, boolean syncEach) {
        return new MvEventStore(file, MvFile.openForRecording(file, SCHEME + ":" + file.toAbsolutePath()), syncEach);
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }

    @Override
    public FileChannel open(String mode) throws IOException {
        Path file = Path.of(getBase().toString());
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        return new Channel(channel, of(file));
    }

    private static final class Channel extends FileBaseDefault {

        private final FileChannel file;
        private final Medium medium;

        Channel(FileChannel file, Medium medium) {
            this.file = file;
            this.medium = medium;
        }

        @Override
        public synchronized int read(ByteBuffer into, long position) throws IOException {
            return file.read(into, position);
        }

        @Override
        public synchronized int write(ByteBuffer from, long position) throws IOException {
            int length = from.remaining();
            medium.write(file, from, position);
            return length;
        }

        @Override
        protected void implTruncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void force(boolean metaData) {
            medium.force();
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) throws IOException {
            return file.tryLock(position, size, shared);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            file.close();
        }
    }
}
