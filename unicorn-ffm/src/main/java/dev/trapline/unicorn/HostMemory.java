package dev.trapline.unicorn;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.trapline.abi.engine.EngineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/// This process's own memory, read through the system: an address that nothing is mapped at is an answer, not a crash.
/// That is what lets a pointer be looked for where there may be none. Linux only.
final class HostMemory implements AutoCloseable {

    private static final Path MEMORY = Path.of("/proc/self/mem");
    /// Nothing is mapped below.
    private static final long LOWEST = 4096;

    private final FileChannel channel;

    private HostMemory(FileChannel channel) {
        this.channel = channel;
    }

    /// Opens it.
    ///
    /// @throws EngineException if the system does not let a process read itself like this
    static HostMemory open() {
        try {
            return new HostMemory(FileChannel.open(MEMORY));
        } catch (IOException e) {
            throw new EngineException("this process cannot read " + MEMORY, e);
        }
    }

    /// Reads what can be read of a stretch.
    ///
    /// @return little-endian; empty if nothing is mapped there
    ByteBuffer read(long address, int length) {
        ByteBuffer into = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        if (address < LOWEST || address > Long.MAX_VALUE - length) {
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

    /// A copy of a stretch, with zeros where nothing is mapped. Where the system does not let a process read itself
    /// like this, all of it has to be mapped.
    @SuppressWarnings("restricted")
    static byte[] copy(long address, int length) {
        try (HostMemory memory = open()) {
            return memory.read(address, length).array();
        } catch (EngineException e) {
            // SAFETY: the caller promises that it is mapped where it cannot be asked.
            return MemorySegment.ofAddress(address).reinterpret(length).toArray(JAVA_BYTE);
        }
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
