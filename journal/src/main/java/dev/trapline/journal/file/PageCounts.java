package dev.trapline.journal.file;

import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// How many entries each page leads to, as the page above it says. Each page must lead to as many, so that a tree
/// cannot have more entries than its root says, however often its pages lead to the same one: a few pages of two
/// children each, both the same, would otherwise be a way without an end.
///
/// Pages never change, so the pages of all versions of a tree say the same. Thread-safe.
///
/// The store keeps its trees flat: a page has dozens of others below it. A chain of a million pages would have to be
/// read for each entry, so a page has only so many above it.
final class PageCounts {

    /// The most pages above a page.
    static final int MOST_ABOVE = 64;

    private final ConcurrentMap<Long, Long> said = new ConcurrentSkipListMap<>();
    private final ConcurrentMap<Long, Integer> above = new ConcurrentSkipListMap<>();

    private static long place(int chunk, int offset) {
        return (long) chunk << Integer.SIZE | Integer.toUnsignedLong(offset);
    }

    /// How many pages are above a page, on the longest way to it that was read.
    int above(int chunk, int offset) {
        return above.getOrDefault(place(chunk, offset), 0);
    }

    /// A page says that one below it leads to this many entries.
    ///
    /// @param pagesAbove how many pages are above the one below, with the one that says so
    void say(int chunk, int offset, long entries, int pagesAbove) {
        if (pagesAbove > MOST_ABOVE) {
            throw StoredPage.damaged("a page has more than " + MOST_ABOVE + " others above it");
        }
        above.merge(place(chunk, offset), pagesAbove, Math::max);
        Long before = said.putIfAbsent(place(chunk, offset), entries);
        if (before != null && before != entries) {
            throw StoredPage.damaged("a page has " + before + " entries, or " + entries);
        }
    }

    /// A page was read that leads to this many entries.
    void found(int chunk, int offset, long entries) {
        Long before = said.get(place(chunk, offset));
        if (before != null && before != entries) {
            throw StoredPage.damaged("a page should lead to " + before + " entries, and leads to " + entries);
        }
    }
}
