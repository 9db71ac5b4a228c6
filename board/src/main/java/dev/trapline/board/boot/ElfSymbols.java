package dev.trapline.board.boot;

import dev.trapline.abi.Visible;
import dev.trapline.abi.Width;
import dev.trapline.board.boot.ElfImage.Symbol;
import java.util.Comparator;
import java.util.NavigableMap;
import java.util.TreeMap;

/// Reads the names of functions and labels from an ELF file's symbol tables. [ElfLayout] has their layout.
final class ElfSymbols {

    private static final int SECTION_SYMBOLS = 2;
    private static final int SECTION_STRINGS = 3;

    private static final int TYPE_NONE = 0;
    private static final int TYPE_FUNCTION = 2;

    /// Section indexes from here on are not sections: absolute values and common symbols are not in memory.
    private static final int FIRST_RESERVED_SECTION = 0xff00;

    /// The order of several names for one address: functions before labels, global before local, then by name, so
    /// that the choice is always the same.
    private static final Comparator<Candidate> BEST_FIRST = Comparator.comparing(Candidate::isFunction)
            .reversed()
            .thenComparing(Comparator.comparing(Candidate::isGlobal).reversed())
            .thenComparing(candidate -> candidate.symbol().name());

    private final ElfBytes file;
    private final ElfLayout layout;
    private final NavigableMap<Long, Candidate> best = new TreeMap<>(Long::compareUnsigned);
    /// The bytes of all tables so far.
    private long tables;
    /// The characters of all names so far.
    private long named;

    ElfSymbols(ElfBytes file, ElfLayout layout) {
        this.file = file;
        this.layout = layout;
    }

    private record Candidate(Symbol symbol, boolean isFunction, boolean isGlobal) {}

    /// A table in the file, with checked bounds.
    private record Table(long offset, long size) {}

    /// The symbols by address. Empty if the file was stripped.
    NavigableMap<Long, Symbol> read() {
        long table = file.word(layout, layout.sectionHeaders(), "section header offset");
        int size = file.u16(layout.sectionHeaderSize(), "section header size");
        int expected = layout.sizes().section();
        // Zero sections at an offset that is not zero means 65 280 or more. Symbols of such a file are not read.
        int count = table == 0 ? 0 : file.u16(layout.sectionHeaderCount(), "section header count");
        if (count != 0 && size != expected) {
            throw file.refuse("ELF header: section headers of %d bytes at offset 0x%x, not %d; the file is damaged"
                    .formatted(size, layout.sectionHeaderSize(), expected));
        }
        file.require(table, (long) count * expected, "section header table");
        for (int i = 0; i < count; i++) {
            long header = table + (long) i * expected;
            if (file.i32(header + 0x04, "section header") == SECTION_SYMBOLS) {
                readTable(i, header, strings(i, header, table, count));
            }
        }
        NavigableMap<Long, Symbol> symbols = new TreeMap<>(Long::compareUnsigned);
        best.forEach((address, candidate) -> symbols.put(address, candidate.symbol()));
        return symbols;
    }

    private Table strings(int section, long header, long sections, int count) {
        long link = file.u32(header + layout.sectionLink(), "section header");
        if (link >= count) {
            throw file.refuse("section %d has its names in section %d of %d; the file is damaged: build it again"
                    .formatted(section, link, count));
        }
        long linked = sections + link * layout.sizes().section();
        if (file.i32(linked + 0x04, "section header") != SECTION_STRINGS) {
            throw file.refuse(
                    ("section %d has its names in section %d, which is not a string table; the file is damaged:"
                                    + " build it again")
                            .formatted(section, link));
        }
        return bounds(linked, "string table " + link);
    }

    private Table bounds(long header, String what) {
        Table table = new Table(
                file.word(layout, header + layout.section(), what),
                file.word(layout, header + layout.sectionSize(), what));
        file.require(table.offset(), table.size(), what);
        return table;
    }

    private void readTable(int section, long header, Table names) {
        Table table = bounds(header, "symbol table " + section);
        long entrySize = file.word(layout, header + layout.entrySize(), "section header");
        int expected = layout.sizes().symbol();
        if (entrySize != expected || table.size() % expected != 0) {
            throw file.refuse(
                    "symbol table %d has entries of %s bytes in 0x%x, not entries of %d bytes; the file is damaged"
                            .formatted(section, Long.toUnsignedString(entrySize), table.size(), expected));
        }
        tables += table.size();
        if (tables > file.size()) {
            throw file.refuse("symbol tables up to section %d have together more bytes than the file; it is damaged"
                    .formatted(section));
        }
        for (long at = table.offset(); at < table.offset() + table.size(); at += expected) {
            readSymbol(at, names);
        }
    }

    private void readSymbol(long at, Table names) {
        int info = file.u8(at + layout.symbolInfo(), "symbol");
        int type = info & 0xf;
        int section = file.u16(at + layout.symbolSection(), "symbol");
        long name = file.u32(at, "symbol");
        boolean isPlace = section != 0 && section < FIRST_RESERVED_SECTION;
        if (name == 0 || !isPlace || (type != TYPE_NONE && type != TYPE_FUNCTION)) {
            return;
        }
        String text = file.text(names.offset(), names.size(), name, "the name of a symbol");
        named += text.length();
        if (!file.isPlausible(named)) {
            throw file.refuse(
                    "the names of its symbols have together more than %d times the file's bytes; it is damaged"
                            .formatted(ElfBytes.MOST_TIMES));
        }
        // Mapping symbols distinguish code from data. They are not names.
        if (text.isEmpty() || text.startsWith("$")) {
            return;
        }
        long value = file.word(layout, at + layout.symbolValue(), "symbol");
        long size = file.word(layout, at + layout.symbolSize(), "symbol");
        boolean isFunction = type == TYPE_FUNCTION;
        // Bit 0 of an Arm function's value selects T32. It is not part of the address.
        long address = isFunction && layout.width() == Width.AARCH32 ? value & ~1L : value;
        Symbol symbol = new Symbol(Visible.line(text), address, size);
        Candidate candidate = new Candidate(symbol, isFunction, info >> 4 != 0);
        best.merge(symbol.address(), candidate, (a, b) -> BEST_FIRST.compare(a, b) <= 0 ? a : b);
    }
}
