package dev.trapline.board.memory;

import dev.trapline.abi.engine.MemoryMap;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/// A copy of a machine's memory. Its pages are shared with other copies, and never change.
public final class MemoryCopy {

    private final Block ram;
    private final Block flash;

    MemoryCopy(Block ram, Block flash) {
        this.ram = ram;
        this.flash = flash;
    }

    /// Creates a copy from stored pages. It is equal to the copy that had these hashes.
    ///
    /// @param ram the hash of each page that is not empty, by offset
    /// @param flash the same for flash
    /// @param pages the content of all pages, by hash; the caller must not change it afterwards
    public static MemoryCopy of(
            SortedMap<Long, String> ram, SortedMap<Long, String> flash, SortedMap<String, byte[]> pages) {
        SortedMap<String, StoredPage> made = new TreeMap<>();
        pages.forEach((hash, bytes) -> made.put(hash, new StoredPage(hash, bytes)));
        return new MemoryCopy(Block.of(ram, made), Block.of(flash, made));
    }

    /// The hash of each page of RAM that is not zero, by offset. It costs some microseconds for each page with new
    /// content.
    public SortedMap<Long, String> ramHashes() {
        return ram.hashes();
    }

    /// The hash of each page of flash that is not erased, by offset.
    public SortedMap<Long, String> flashHashes() {
        return flash.hashes();
    }

    /// The content of all pages, by hash. The caller must not change it.
    public SortedMap<String, byte[]> pages() {
        SortedMap<String, byte[]> pages = new TreeMap<>();
        ram.collectPages(pages);
        flash.collectPages(pages);
        return pages;
    }

    Block ram() {
        return ram;
    }

    Block flash() {
        return flash;
    }

    /// One block of memory: the pages that are not empty, by offset.
    static final class Block {

        private final TreeMap<Long, StoredPage> pages = new TreeMap<>();

        void add(long offset, StoredPage page) {
            pages.put(offset, page);
        }

        static Block of(SortedMap<Long, String> hashes, SortedMap<String, StoredPage> pages) {
            Block block = new Block();
            hashes.forEach((offset, hash) -> {
                StoredPage page = pages.get(hash);
                if (page == null || page.bytes().length != MemoryMap.PAGE) {
                    throw new IllegalArgumentException("the page at offset " + offset + " is missing");
                }
                block.add(offset, page);
            });
            return block;
        }

        SortedMap<Long, String> hashes() {
            SortedMap<Long, String> hashes = new TreeMap<>();
            pages.forEach((offset, page) -> hashes.put(offset, page.hash()));
            return hashes;
        }

        void collectPages(SortedMap<String, byte[]> into) {
            pages.values().forEach(page -> into.put(page.hash(), page.bytes()));
        }

        void collectNumbers(Collection<Long> into) {
            pages.values().forEach(page -> into.add(page.number()));
        }

        /// Writes only pages that differ: an untouched page needs no memory of the host.
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
