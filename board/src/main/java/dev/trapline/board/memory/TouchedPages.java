package dev.trapline.board.memory;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// The pages of zeroed memory that were ever touched, according to Linux. The others are zero, and reading one would
/// cost a page fault. If the system does not provide this information, all pages count as touched.
final class TouchedPages {

    /// One 64-bit word for each page of this process (`Documentation/admin-guide/mm/pagemap.rst` of Linux).
    private static final Path PAGE_MAP = Path.of("/proc/self/pagemap");

    private static final long PRESENT = 1L << 63;
    private static final long SWAPPED = 1L << 62;

    private static final Path AUXILIARY_VECTOR = Path.of("/proc/self/auxv");
    private static final long AT_PAGESZ = 6;

    /// In bytes; 0 if the system does not provide it.
    private static final long PAGE_SIZE = pageSize();

    private final long base;
    private final @Nullable LongBuffer pages;

    private TouchedPages(long base, @Nullable LongBuffer pages) {
        this.base = base;
        this.pages = pages;
    }

    /// Reads the state of memory that was zero when it was allocated. It takes about 100 microseconds for 128 MiB.
    static TouchedPages of(MemorySegment memory) {
        if (PAGE_SIZE == 0 || !memory.isNative()) {
            return new TouchedPages(0, null);
        }
        long first = memory.address() / PAGE_SIZE;
        long last = (memory.address() + memory.byteSize() - 1) / PAGE_SIZE;
        return new TouchedPages(memory.address() - first * PAGE_SIZE, read(first, last - first + 1));
    }

    /// Whether a page in a part of the memory was touched.
    boolean anyOf(long offset, long length) {
        if (pages == null) {
            return true;
        }
        long last = (base + offset + length - 1) / PAGE_SIZE;
        for (long page = (base + offset) / PAGE_SIZE; page <= last; page++) {
            if ((pages.get((int) page) & (PRESENT | SWAPPED)) != 0) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable LongBuffer read(long first, long count) {
        if (count > Integer.MAX_VALUE / Long.BYTES) {
            return null;
        }
        ByteBuffer words = ByteBuffer.allocate((int) count * Long.BYTES).order(ByteOrder.nativeOrder());
        try (FileChannel map = FileChannel.open(PAGE_MAP, StandardOpenOption.READ)) {
            while (words.hasRemaining()) {
                if (map.read(words, first * Long.BYTES + words.position()) <= 0) {
                    return null;
                }
            }
        } catch (IOException e) {
            return null;
        }
        return words.flip().asLongBuffer();
    }

    private static long pageSize() {
        try {
            LongBuffer pairs = ByteBuffer.wrap(Files.readAllBytes(AUXILIARY_VECTOR))
                    .order(ByteOrder.nativeOrder())
                    .asLongBuffer();
            while (pairs.remaining() >= 2) {
                long key = pairs.get();
                long value = pairs.get();
                if (key == AT_PAGESZ) {
                    return value;
                }
            }
        } catch (IOException e) {
            return 0;
        }
        return 0;
    }
}
