package dev.trapline.unicorn;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/// This process's own memory, read through the system: an address that nothing is mapped at is an answer, not a crash.
/// That is what lets a pointer be looked for where there may be none. Linux only.
final class HostMemory implements AutoCloseable {

    private static final Path MEMORY = Path.of("/proc/self/mem");
    /// No address of a process is higher, nor in the first page.
    private static final long HIGHEST = (1L << 47) - 1;

    private static final long LOWEST = 4096;

    private final FileChannel channel;

    private HostMemory(FileChannel channel) {
        this.channel = channel;
    }

    /// Whether the system lets a process read itself like this.
    static boolean isReadable() {
        return Files.isReadable(MEMORY);
    }

    static HostMemory open() {
        try {
            return new HostMemory(FileChannel.open(MEMORY));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open " + MEMORY, e);
        }
    }

    /// Reads what can be read of a stretch.
    ///
    /// @return little-endian; empty if nothing is mapped there
    ByteBuffer read(long address, int length) {
        ByteBuffer into = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        if (address < LOWEST || address > HIGHEST - length) {
            return into.limit(0);
        }
        try {
            while (into.hasRemaining() && channel.read(into, address + into.position()) > 0) {
                // The next stretch.
            }
        } catch (IOException e) {
            // The rest is not mapped.
        }
        return into.flip();
    }

    /// Whether all of a stretch is there.
    boolean isMapped(long address, int length) {
        return read(address, length).remaining() == length;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close " + MEMORY, e);
        }
    }
}
