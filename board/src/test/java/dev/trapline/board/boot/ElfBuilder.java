package dev.trapline.board.boot;

import dev.trapline.abi.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Builds ELF files for tests, from the tables of the System V ABI. [#patch] damages them.
///
/// ```text
/// file header | program headers | segments' bytes | symbols | strings | section headers: none, .symtab, .strtab
/// ```
final class ElfBuilder {

    static final int PROGRAM_HEADERS = 0x40;

    private final List<Segment> segments = new ArrayList<>();
    private final List<Symbol> symbols = new ArrayList<>();
    private final List<Patch> patches = new ArrayList<>();
    private long entry = 0x4008_0000L;
    private boolean narrow;

    private record Segment(int type, long virtual, long physical, Bytes content, long memorySize) {}

    private record Symbol(String name, int info, int section, long address, long size) {}

    private record Patch(int offset, int width, long value) {
        void apply(byte[] file) {
            for (int i = 0; i < width; i++) {
                file[offset + i] = (byte) (value >>> (8 * i));
            }
        }
    }

    /// One loadable segment of code at 0x4008_0000 with the functions `_start` and `main`.
    static ElfBuilder small() {
        return new ElfBuilder()
                .segment(0x4008_0000L, new byte[0x40], 0x100)
                .function("_start", 0x4008_0000L, 0x10)
                .function("main", 0x4008_0010L, 0x20);
    }

    /// Makes it an ELF32 file for Arm.
    ElfBuilder arm() {
        narrow = true;
        return this;
    }

    ElfBuilder entry(long address) {
        entry = address;
        return this;
    }

    ElfBuilder segment(long address, byte[] content, long memorySize) {
        return segment(1, address, address, content, memorySize);
    }

    ElfBuilder segment(int type, long virtual, long physical, byte[] content, long memorySize) {
        segments.add(new Segment(type, virtual, physical, Bytes.copyOf(content), memorySize));
        return this;
    }

    ElfBuilder function(String name, long address, long size) {
        return symbol(name, 0x12, 1, address, size);
    }

    /// @param info binding in the upper half (0 local, 1 global), type in the lower (0 none, 1 object, 2 function)
    ElfBuilder symbol(String name, int info, int section, long address, long size) {
        symbols.add(new Symbol(name, info, section, address, size));
        return this;
    }

    /// Overwrites a little-endian number of 1, 2, 4 or 8 bytes in the finished file.
    ElfBuilder patch(int offset, int width, long value) {
        patches.add(new Patch(offset, width, value));
        return this;
    }

    /// Overwrites a field of a program header.
    ElfBuilder patchSegment(int index, int field, int width, long value) {
        return patch(PROGRAM_HEADERS + index * 56 + field, width, value);
    }

    Bytes build() {
        int headers = narrow ? 52 : 64;
        int symbolSize = narrow ? 16 : 24;
        int at = headers + segments.size() * (narrow ? 32 : 56);
        int contentSize = segments.stream().mapToInt(s -> s.content().size()).sum();
        byte[] strings = strings();
        int symbolsAt = at + contentSize;
        int stringsAt = symbolsAt + (symbols.size() + 1) * symbolSize;
        int sectionsAt = stringsAt + strings.length;
        byte[] whole = new byte[sectionsAt + 3 * (narrow ? 40 : 64)];
        ByteBuffer file = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {0x7f, 'E', 'L', 'F', (byte) (narrow ? 1 : 2), 1, 1})
                .position(16);
        file.putShort((short) 2).putShort((short) (narrow ? 40 : 183)).putInt(1);
        words(file, entry, headers, sectionsAt).putInt(0);
        file.putShort((short) headers).putShort((short) (narrow ? 32 : 56)).putShort((short) segments.size());
        file.putShort((short) (narrow ? 40 : 64)).putShort((short) 3).putShort((short) 0);
        for (Segment s : segments) {
            putSegment(file, s, at);
            at += s.content().size();
        }
        segments.forEach(s -> file.put(s.content().toArray()));
        putSymbols(file.position(symbolsAt + symbolSize));
        file.put(strings).position(sectionsAt + (narrow ? 40 : 64));
        putSection(file, 2, symbolsAt, stringsAt - symbolsAt, 2, symbolSize);
        putSection(file, 3, stringsAt, strings.length, 0, 0);
        for (Patch patch : patches) {
            patch.apply(whole);
        }
        return Bytes.copyOf(whole);
    }

    /// Writes addresses, offsets and sizes of 4 or 8 bytes.
    private ByteBuffer words(ByteBuffer file, long... values) {
        for (long value : values) {
            if (narrow) {
                file.putInt((int) value);
            } else {
                file.putLong(value);
            }
        }
        return file;
    }

    private void putSegment(ByteBuffer file, Segment s, int at) {
        file.putInt(s.type());
        if (!narrow) {
            file.putInt(7);
        }
        words(file, at, s.virtual(), s.physical(), s.content().size(), s.memorySize());
        if (narrow) {
            file.putInt(7);
        }
        words(file, 8);
    }

    private void putSection(ByteBuffer file, int type, long offset, long size, int link, long entrySize) {
        words(file.putInt(0).putInt(type), 0, 0, offset, size);
        words(file.putInt(link).putInt(0), 8, entrySize);
    }

    private byte[] strings() {
        ByteArrayOutputStream table = new ByteArrayOutputStream();
        table.write(0);
        for (Symbol symbol : symbols) {
            table.writeBytes(symbol.name().getBytes(StandardCharsets.UTF_8));
            table.write(0);
        }
        return table.toByteArray();
    }

    private void putSymbols(ByteBuffer file) {
        int name = 1;
        for (Symbol s : symbols) {
            file.putInt(name);
            if (narrow) {
                words(file, s.address(), s.size());
            }
            file.put((byte) s.info()).put((byte) 0).putShort((short) s.section());
            if (!narrow) {
                words(file, s.address(), s.size());
            }
            name += s.name().getBytes(StandardCharsets.UTF_8).length + 1;
        }
    }
}
