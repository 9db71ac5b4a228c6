package dev.trapline.vcpu.boot;

import dev.trapline.vcpu.boot.ElfImage.Symbol;
import java.util.Comparator;
import java.util.NavigableMap;
import java.util.TreeMap;

/// Reads the names of functions and labels from an ELF64 file's symbol tables.
///
/// ```text
/// section header  0x04 type:32  0x18 offset:64  0x20 size:64  0x28 link:32  0x38 entsize:64
/// symbol          0x00 name:32  0x04 info:8  0x05 other:8  0x06 section:16  0x08 value:64  0x10 size:64
/// ```
final class ElfSymbols {

    private static final int SECTION_HEADER_SIZE = 64;
    private static final int SYMBOL_SIZE = 24;
    private static final int SECTION_SYMBOLS = 2;
    private static final int SECTION_STRINGS = 3;

    private static final int TYPE_NONE = 0;
    private static final int TYPE_FUNCTION = 2;

    /// Section indexes from here on are not sections: absolute values and commons are no places in memory.
    private static final int FIRST_RESERVED_SECTION = 0xff00;

    /// Of several names for an address: functions before labels, global before local, then by name, so that the
    /// choice is always the same.
    private static final Comparator<Candidate> BEST_FIRST = Comparator.comparing(Candidate::isFunction)
            .reversed()
            .thenComparing(Comparator.comparing(Candidate::isGlobal).reversed())
            .thenComparing(candidate -> candidate.symbol().name());

    private final ElfBytes file;
    private final NavigableMap<Long, Candidate> best = new TreeMap<>(Long::compareUnsigned);

    ElfSymbols(ElfBytes file) {
        this.file = file;
    }

    private record Candidate(Symbol symbol, boolean isFunction, boolean isGlobal) {}

    /// A table within the file, its bounds checked.
    private record Table(long offset, long size) {}

    /// The names by address. None if the file was stripped.
    NavigableMap<Long, Symbol> read() {
        long table = file.i64(0x28, "section header offset");
        int size = file.u16(0x3a, "section header size");
        // Zero sections at an offset that is not zero means 65 280 or more: nobody debugs such a guest by name.
        int count = table == 0 ? 0 : file.u16(0x3c, "section header count");
        if (count != 0 && size != SECTION_HEADER_SIZE) {
            throw file.refuse("ELF header: section headers of %d bytes at offset 0x3a, not %d; the file is damaged"
                    .formatted(size, SECTION_HEADER_SIZE));
        }
        file.require(table, (long) count * SECTION_HEADER_SIZE, "section header table");
        for (int i = 0; i < count; i++) {
            long header = table + (long) i * SECTION_HEADER_SIZE;
            if (file.i32(header + 0x04, "section header") == SECTION_SYMBOLS) {
                readTable(i, header, strings(i, header, table, count));
            }
        }
        NavigableMap<Long, Symbol> symbols = new TreeMap<>(Long::compareUnsigned);
        best.forEach((address, candidate) -> symbols.put(address, candidate.symbol()));
        return symbols;
    }

    private Table strings(int section, long header, long sections, int count) {
        long link = file.u32(header + 0x28, "section header");
        if (link >= count) {
            throw file.refuse("section %d takes its names from section %d of %d; the file is damaged: build it again"
                    .formatted(section, link, count));
        }
        long linked = sections + link * SECTION_HEADER_SIZE;
        if (file.i32(linked + 0x04, "section header") != SECTION_STRINGS) {
            throw file.refuse(
                    "section %d takes its names from section %d, which has none; the file is damaged: build it again"
                            .formatted(section, link));
        }
        return bounds(linked, "string table " + link);
    }

    private Table bounds(long header, String what) {
        Table table = new Table(file.i64(header + 0x18, what), file.i64(header + 0x20, what));
        file.require(table.offset(), table.size(), what);
        return table;
    }

    private void readTable(int section, long header, Table names) {
        Table table = bounds(header, "symbol table " + section);
        long entrySize = file.i64(header + 0x38, "section header");
        if (entrySize != SYMBOL_SIZE || table.size() % SYMBOL_SIZE != 0) {
            throw file.refuse(
                    "symbol table %d has entries of %s bytes in 0x%x, not whole ones of %d; the file is damaged"
                            .formatted(section, Long.toUnsignedString(entrySize), table.size(), SYMBOL_SIZE));
        }
        for (long at = table.offset(); at < table.offset() + table.size(); at += SYMBOL_SIZE) {
            readSymbol(at, names);
        }
    }

    private void readSymbol(long at, Table names) {
        int info = file.u8(at + 4, "symbol");
        int type = info & 0xf;
        int section = file.u16(at + 6, "symbol");
        long name = file.u32(at, "symbol");
        boolean isPlace = section != 0 && section < FIRST_RESERVED_SECTION;
        if (name == 0 || !isPlace || (type != TYPE_NONE && type != TYPE_FUNCTION)) {
            return;
        }
        String text = file.text(names.offset(), names.size(), name, "the name of a symbol");
        // Mapping symbols tell code from data, and name nothing.
        if (text.isEmpty() || text.startsWith("$")) {
            return;
        }
        Symbol symbol = new Symbol(text, file.i64(at + 8, "symbol"), file.i64(at + 16, "symbol"));
        Candidate candidate = new Candidate(symbol, type == TYPE_FUNCTION, info >> 4 != 0);
        best.merge(symbol.address(), candidate, (a, b) -> BEST_FIRST.compare(a, b) <= 0 ? a : b);
    }
}
