package dev.trapline.unicorn.translation;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.unicorn.ffi.TranslationHook;
import java.lang.foreign.MemorySegment;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongUnaryOperator;

/// The pages of memory from which an engine has translated code, with their content at that time.
///
/// An operation on the whole instruction cache has to drop every translation of code that has changed since. Linux
/// executes one whenever an idle CPU gets its power back. To drop everything would be right, but then all code would
/// have to be translated again, which takes a tenth of a second. To compare the pages takes a tenth of a millisecond.
public final class CodePages implements TranslationHook {

    private final MemoryMap memory;
    private final LongUnaryOperator physical;
    private final Translations translations;
    /// By physical address. Empty content stands for a page that has changed between two translations.
    private final Map<Long, MemorySegment> pages = new LinkedHashMap<>();
    /// Whether there are translations from an unknown page.
    private boolean someUnknown;

    /// @param physical the physical address of code that was just fetched, from a virtual one;
    ///     [AddressTranslation#NONE] if it is not known
    public CodePages(MemoryMap memory, LongUnaryOperator physical, Translations translations) {
        this.memory = memory;
        this.physical = physical;
        this.translations = translations;
    }

    /// A block reaches at most into the next page.
    @Override
    public void blockTranslated(long address, int size) {
        int first = (int) Math.min(size, MemoryMap.PAGE - (address & (MemoryMap.PAGE - 1)));
        note(address, first);
        if (first < size) {
            note(address + first, size - first);
        }
    }

    /// Notes that code in one page is translated.
    ///
    /// @param address virtual
    void note(long address, int size) {
        long found = physical.applyAsLong(address);
        long page = found & -MemoryMap.PAGE;
        MemorySegment content = found == AddressTranslation.NONE ? MemorySegment.NULL : content(page);
        if (content.byteSize() == 0) {
            someUnknown = true;
            return;
        }
        MemorySegment known = pages.get(page);
        long from = found - page;
        if (known == null) {
            pages.put(page, MemorySegment.ofArray(content.toArray(JAVA_BYTE)));
        } else if (known.byteSize() > 0
                && MemorySegment.mismatch(known, from, from + size, content, from, from + size) != -1) {
            pages.put(page, MemorySegment.NULL);
        }
    }

    /// Drops all translations of code that may have changed.
    void dropChanged() {
        if (someUnknown) {
            someUnknown = false;
            pages.clear();
            translations.dropAll();
            return;
        }
        Iterator<Map.Entry<Long, MemorySegment>> each = pages.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<Long, MemorySegment> page = each.next();
            if (page.getValue().mismatch(content(page.getKey())) != -1) {
                translations.drop(page.getKey(), MemoryMap.PAGE);
                each.remove();
            }
        }
    }

    /// The current content of a page; empty if it is not completely in memory.
    private MemorySegment content(long page) {
        MemoryMap.Memory block = memory.memoryAt(page);
        return block == null || page - block.base() > block.size() - MemoryMap.PAGE
                ? MemorySegment.NULL
                : block.bytes().asSlice(page - block.base(), MemoryMap.PAGE);
    }
}
