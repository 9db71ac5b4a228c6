package dev.trapline.vcpu.memory;

import dev.trapline.abi.engine.MemoryMap;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collection;
import java.util.TreeMap;

/// A machine's memory as it was at some moment. Its pages are shared with other copies, and never change.
public final class MemoryCopy {

    private final Block ram;
    private final Block flash;

    MemoryCopy(Block ram, Block flash) {
        this.ram = ram;
        this.flash = flash;
    }

    Block ram() {
        return ram;
    }

    Block flash() {
        return flash;
    }

    /// One block of memory: the pages that are not empty, by their offset.
    static final class Block {

        private final TreeMap<Long, StoredPage> pages = new TreeMap<>();

        void add(long offset, StoredPage page) {
            pages.put(offset, page);
        }

        void collectNumbers(Collection<Long> into) {
            pages.values().forEach(page -> into.add(page.number()));
        }

        /// Writes only what differs: a page that is not touched needs no memory of the host.
        void restore(MemorySegment block, byte empty) {
            TouchedPages touched = TouchedPages.of(block);
            for (long at = 0; at < block.byteSize(); at += MemoryMap.PAGE) {
                StoredPage page = pages.get(at);
                MemorySegment there = block.asSlice(at, MemoryMap.PAGE);
                if (page != null) {
                    if (there.mismatch(MemorySegment.ofArray(page.bytes())) >= 0) {
                        MemorySegment.copy(page.bytes(), 0, there, ValueLayout.JAVA_BYTE, 0, page.bytes().length);
                    }
                } else if (touched.anyOf(at, MemoryMap.PAGE)) {
                    there.fill(empty);
                }
            }
        }
    }
}
