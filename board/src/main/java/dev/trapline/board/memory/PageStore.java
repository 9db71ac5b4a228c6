package dev.trapline.board.memory;

import dev.trapline.abi.Digest64;
import dev.trapline.abi.engine.MemoryMap;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Stores pages by content: equal pages are stored once. They are found by digest and compared byte by byte, so that
/// different pages with the same digest are both stored.
public final class PageStore {

    private final TreeMap<Long, List<StoredPage>> pages = new TreeMap<>();
    private long count;
    private long made;

    /// The number of different pages, [MemoryMap#PAGE] bytes each.
    public long size() {
        return count;
    }

    /// Drops the pages that none of these copies contains.
    public void keepOnly(List<MemoryCopy> copies) {
        Set<Long> needed = new TreeSet<>();
        for (MemoryCopy copy : copies) {
            copy.ram().collectNumbers(needed);
            copy.flash().collectNumbers(needed);
        }
        pages.values().forEach(same -> same.removeIf(page -> !needed.contains(page.number())));
        pages.values().removeIf(List::isEmpty);
        count = needed.size();
    }

    MemoryCopy.Block copy(MemorySegment block, byte empty) {
        byte[] blank = new byte[(int) MemoryMap.PAGE];
        Arrays.fill(blank, empty);
        long blankDigest = Digest64.of(blank, blank.length);
        TouchedPages touched = TouchedPages.of(block);
        MemoryCopy.Block copy = new MemoryCopy.Block();
        for (long at = 0; at < block.byteSize(); at += MemoryMap.PAGE) {
            if (!touched.anyOf(at, MemoryMap.PAGE)) {
                continue;
            }
            MemorySegment page = block.asSlice(at, MemoryMap.PAGE);
            long digest = Digest64.of(block, at, MemoryMap.PAGE);
            if (digest != blankDigest || page.mismatch(MemorySegment.ofArray(blank)) >= 0) {
                copy.add(at, kept(page, digest));
            }
        }
        return copy;
    }

    private StoredPage kept(MemorySegment page, long digest) {
        List<StoredPage> same = pages.computeIfAbsent(digest, _ -> new ArrayList<>(1));
        for (StoredPage candidate : same) {
            if (page.mismatch(MemorySegment.ofArray(candidate.bytes())) < 0) {
                return candidate;
            }
        }
        StoredPage fresh = new StoredPage(made++, page.toArray(ValueLayout.JAVA_BYTE));
        same.add(fresh);
        count++;
        return fresh;
    }
}
