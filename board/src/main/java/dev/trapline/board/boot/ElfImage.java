package dev.trapline.board.boot;

import dev.trapline.abi.AddressRange;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.Width;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A static executable, ELF64 for AArch64 or ELF32 for Arm: its segments, entry point and symbols.
///
/// Format: System V ABI, chapter 4 and 5; machine number and mapping symbols: "ELF for the Arm 64-bit
/// Architecture" and "ELF for the Arm Architecture".
public final class ElfImage {

    private final Width width;
    private final long entry;
    private final List<Segment> segments;
    private final NavigableMap<Long, Symbol> symbols;

    ElfImage(Width width, long entry, List<Segment> segments, NavigableMap<Long, Symbol> symbols) {
        this.width = width;
        this.entry = entry;
        this.segments = List.copyOf(segments);
        NavigableMap<Long, Symbol> ordered = new TreeMap<>(Long::compareUnsigned);
        ordered.putAll(symbols);
        this.symbols = Collections.unmodifiableNavigableMap(ordered);
    }

    /// Reads an executable.
    ///
    /// @param name the file's name, for messages
    /// @throws ImageException if the file is not a well-formed static executable for AArch64 or Arm
    public static ElfImage parse(String name, Bytes file) {
        return new ElfParser(name, file).parse();
    }

    /// A part of memory that the executable fills.
    ///
    /// @param index index of its program header, for messages
    /// @param virtualAddress virtual address of its first byte
    /// @param address guest physical address of its first byte
    /// @param content its first bytes; the rest are zero
    /// @param memorySize bytes in memory, unsigned; at least the size of `content`
    public record Segment(int index, long virtualAddress, long address, Bytes content, long memorySize) {

        AddressRange range() {
            return AddressRange.of(address, memorySize);
        }

        AddressRange virtualRange() {
            return AddressRange.of(virtualAddress, memorySize);
        }
    }

    /// A named address.
    ///
    /// @param size in bytes, unsigned; 0 if it ends at the next symbol
    public record Symbol(String name, long address, long size) {}

    /// An address relative to the symbol before it.
    ///
    /// @param symbol the symbol's name
    /// @param offset bytes from the symbol to the address
    public record Location(String symbol, long offset) {
        /// As in `spin_lock+0x14`.
        @Override
        public String toString() {
            return offset == 0 ? symbol : symbol + "+0x" + Long.toHexString(offset);
        }
    }

    /// The width of the machines that can run it.
    public Width width() {
        return width;
    }

    /// Guest physical address of the first instruction; on AArch32, bit 0 selects T32.
    public long entry() {
        return entry;
    }

    /// The segments in ascending order of guest physical address, disjoint, none empty.
    public List<Segment> segments() {
        return segments;
    }

    /// Functions and labels, by virtual address.
    public NavigableMap<Long, Symbol> symbols() {
        return symbols;
    }

    /// The symbol and offset of an address, or null if no function or label covers it.
    ///
    /// @param address a virtual address, or a guest physical one if no segment has the virtual address
    public @Nullable Location symbolAt(long address) {
        for (Segment segment : segments) {
            if (segment.virtualRange().contains(address)) {
                return symbolIn(segment, address);
            }
        }
        for (Segment segment : segments) {
            if (segment.range().contains(address)) {
                return symbolIn(segment, address - segment.address() + segment.virtualAddress());
            }
        }
        return null;
    }

    private @Nullable Location symbolIn(Segment segment, long address) {
        Map.Entry<Long, Symbol> before = symbols.floorEntry(address);
        if (before == null || !segment.virtualRange().contains(before.getKey())) {
            return null;
        }
        Symbol symbol = before.getValue();
        long offset = address - symbol.address();
        return symbol.size() != 0 && Long.compareUnsigned(offset, symbol.size()) >= 0
                ? null
                : new Location(symbol.name(), offset);
    }
}
