package dev.trapline.unicorn.ffi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.trapline.abi.engine.EngineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// This process's own memory, read through the system. Reading an unmapped address gives a result instead of a crash,
/// so words that may not be pointers can be followed. Linux only.
public final class HostMemory implements AutoCloseable {

    private static final Path MEMORY = Path.of("/proc/self/mem");
    /// One line for each mapping: `from-to rwxp ...`, hexadecimal.
    private static final Path MAPPINGS = Path.of("/proc/self/maps");

    /// Nothing is mapped below this address.
    private static final long LOWEST = 4096;
    private static final int HEXADECIMAL = 16;

    private final FileChannel channel;

    private HostMemory(FileChannel channel) {
        this.channel = channel;
    }

    /// Opens this process's memory.
    ///
    /// @throws EngineException if the system does not let a process read its memory in this way
    public static HostMemory open() {
        try {
            return new HostMemory(FileChannel.open(MEMORY));
        } catch (IOException e) {
            throw new EngineException("this process cannot read " + MEMORY, e);
        }
    }

    /// Reads a range, up to the first address that cannot be read.
    ///
    /// @return little-endian; empty if nothing is mapped there
    public ByteBuffer read(long address, int length) {
        ByteBuffer into = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        if (address < LOWEST || address > Long.MAX_VALUE - length) {
            return into.limit(0);
        }
        try {
            while (into.hasRemaining() && channel.read(into, address + into.position()) > 0) {
                // Read the next part.
            }
        } catch (IOException e) {
            // The rest is not mapped.
        }
        return into.flip();
    }

    /// A copy of a range, with zeros where nothing is mapped. If the system does not let a process read its memory
    /// in this way, the whole range must be mapped.
    @SuppressWarnings("restricted")
    public static byte[] copy(long address, int length) {
        try (HostMemory memory = open()) {
            return memory.read(address, length).array();
        } catch (EngineException e) {
            // SAFETY: the caller promises that the range is mapped if that cannot be tested.
            return MemorySegment.ofAddress(address).reinterpret(length).toArray(JAVA_BYTE);
        }
    }

    /// Whether this process may write to the mapping at an address.
    public static boolean isWritable(long address) {
        try (Stream<String> mappings = Files.lines(MAPPINGS)) {
            return mappings.anyMatch(line -> isWritable(line, address));
        } catch (IOException | UncheckedIOException e) {
            // The mappings cannot be read, so this is not known.
            return false;
        }
    }

    private static boolean isWritable(String mapping, long address) {
        int dash = mapping.indexOf('-');
        int space = mapping.indexOf(' ');
        return Long.parseUnsignedLong(mapping, 0, dash, HEXADECIMAL) <= address
                && address < Long.parseUnsignedLong(mapping, dash + 1, space, HEXADECIMAL)
                && mapping.startsWith("rw", space + 1);
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
