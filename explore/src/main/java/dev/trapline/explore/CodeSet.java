package dev.trapline.explore;

import dev.trapline.abi.engine.CodeListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// Code of a guest that was reached: instructions, and which of them end a block. Immutable.
///
/// Only the lowest [#MOST_PAGES] pages are kept, so that a guest that writes code everywhere needs no more memory. This
/// does not depend on the order in which sets are united: the lowest pages of all are among the lowest of each.
public final class CodeSet {

    /// How many pages of code are kept.
    public static final int MOST_PAGES = 20_000;

    /// Without code.
    public static final CodeSet EMPTY = new CodeSet(new TreeMap<>());

    private static final int PAGE_BITS = 12;
    private static final int WORD_BITS = 2;
    /// Words with one bit for each instruction of a page.
    private static final int WORDS = 1 << (PAGE_BITS - WORD_BITS - 6);

    private static final int DIGITS = WORDS * 16;
    /// The digits of a page's number and of both its sets, and two colons.
    private static final int TEXT = 13 + 2 * (1 + DIGITS);

    /// By address / 4096. The values are never changed: the instructions, and behind them the ends of blocks.
    private final NavigableMap<Long, long[]> pages;

    private CodeSet(NavigableMap<Long, long[]> pages) {
        this.pages = pages;
    }

    /// Code from one address to another.
    ///
    /// @param first address of the first instruction
    /// @param last address of the last one
    public record Range(long first, long last) {}

    /// Collects what engines of one machine reach.
    static final class Collector implements CodeListener {

        private NavigableMap<Long, long[]> fresh = new TreeMap<>();

        @Override
        public void reached(long begin, long end, boolean branches) {
            // An address that is not a multiple of 4 is a fault of the guest, and no code.
            if ((begin & ((1 << WORD_BITS) - 1)) != 0 || begin == end) {
                return;
            }
            for (long at = begin; at != end; at += 1 << WORD_BITS) {
                add(at, 0);
            }
            if (branches) {
                add(end - (1 << WORD_BITS), WORDS);
            }
            while (fresh.size() > MOST_PAGES) {
                fresh.pollLastEntry();
            }
        }

        private void add(long address, int from) {
            long[] page = fresh.computeIfAbsent(address >>> PAGE_BITS, _ -> new long[2 * WORDS]);
            int index = index(address);
            page[from + (index >>> 6)] |= 1L << index;
        }

        /// What was reached since the last call.
        CodeSet take() {
            if (fresh.isEmpty()) {
                return EMPTY;
            }
            CodeSet taken = new CodeSet(fresh);
            fresh = new TreeMap<>();
            return taken;
        }
    }

    private static int index(long address) {
        return (int) (address >>> WORD_BITS) & ((1 << (PAGE_BITS - WORD_BITS)) - 1);
    }

    /// This code and other code.
    public CodeSet and(CodeSet other) {
        if (other.pages.isEmpty()) {
            return this;
        }
        NavigableMap<Long, long[]> all = new TreeMap<>(pages);
        other.pages.forEach((key, page) -> all.merge(key, page, CodeSet::united));
        while (all.size() > MOST_PAGES) {
            all.pollLastEntry();
        }
        return new CodeSet(all);
    }

    private static long[] united(long[] one, long[] other) {
        long[] both = one.clone();
        for (int k = 0; k < both.length; k++) {
            both[k] |= other[k];
        }
        return both;
    }

    /// Whether it has no code: the guest reached none, or its engines do not tell.
    public boolean isEmpty() {
        return pages.isEmpty();
    }

    /// Whether there may have been more code than is kept.
    public boolean isFull() {
        return pages.size() == MOST_PAGES;
    }

    /// How many instructions.
    public long instructions() {
        return count(0);
    }

    /// How many blocks: instructions at which a block ends, so branches and those that cause exceptions.
    public long blocks() {
        return count(WORDS);
    }

    private long count(int from) {
        long count = 0;
        for (long[] page : pages.values()) {
            for (int k = from; k < from + WORDS; k++) {
                count += Long.bitCount(page[k]);
            }
        }
        return count;
    }

    /// All instructions, in the order of their addresses, which are unsigned.
    public List<Range> ranges() {
        List<Range> ranges = new ArrayList<>();
        long first = 0;
        long last = 0;
        boolean open = false;
        for (Map.Entry<Long, long[]> page : pages.entrySet()) {
            for (int index = 0; index < WORDS * 64; index++) {
                if (((page.getValue()[index >>> 6] >>> index) & 1) == 0) {
                    continue;
                }
                long address = (page.getKey() << PAGE_BITS) + ((long) index << WORD_BITS);
                if (!open || address != last + (1 << WORD_BITS)) {
                    if (open) {
                        ranges.add(new Range(first, last));
                    }
                    first = address;
                    open = true;
                }
                last = address;
            }
        }
        if (open) {
            ranges.add(new Range(first, last));
        }
        return Collections.unmodifiableList(ranges);
    }

    /// The set as text, for [#parse].
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        pages.forEach((key, page) -> {
            text.append(text.isEmpty() ? "" : " ").append(Long.toHexString(key));
            for (int k = 0; k < page.length; k++) {
                text.append(k % WORDS == 0 ? ":" : "").append(HexFormat.of().toHexDigits(page[k]));
            }
        });
        return text.toString();
    }

    /// Reads the text of a set.
    ///
    /// @throws IllegalArgumentException if it is none
    public static CodeSet parse(String text) {
        NavigableMap<Long, long[]> pages = new TreeMap<>();
        long before = -1;
        int from = 0;
        while (from < text.length()) {
            int end = text.indexOf(' ', from);
            end = end < 0 ? text.length() : end;
            int first = text.indexOf(':', from);
            require(first > from && end - from <= TEXT && end - first == 2 * (1 + DIGITS) && pages.size() < MOST_PAGES);
            long key = HexFormat.fromHexDigitsToLong(text, from, first);
            require(key > before && key >>> (Long.SIZE - PAGE_BITS) == 0);
            pages.put(key, page(text, first));
            before = key;
            require(end + 1 != text.length());
            from = end + 1;
        }
        return new CodeSet(pages);
    }

    private static long[] page(String text, int from) {
        long[] page = new long[2 * WORDS];
        for (int k = 0; k < page.length; k++) {
            int at = from + 1 + 16 * k + k / WORDS;
            require(text.charAt(from) == ':' && text.charAt(from + 1 + DIGITS) == ':');
            page[k] = HexFormat.fromHexDigitsToLong(text, at, at + 16);
            require(k < WORDS || (page[k] & ~page[k - WORDS]) == 0);
        }
        require(Arrays.stream(page).anyMatch(word -> word != 0));
        return page;
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException("the text is no set of code");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CodeSet set && toString().equals(set.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }
}
