package dev.trapline.board.boot;

import dev.trapline.abi.AddressRange;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.Width;
import dev.trapline.board.boot.ElfImage.Segment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Reads the headers of an ELF file, ELF64 for AArch64 or ELF32 for Arm. It refuses a file that does not conform to the
/// format.
///
/// ```text
/// file header, in both sizes
///   0x00 magic  0x04 class  0x05 data  0x06 version  0x10 type:16  0x12 machine:16  0x14 version:32
/// ```
///
/// The rest is in [ElfLayout].
final class ElfParser {

    private static final int MAGIC = 0x464c_457f;
    private static final int CLASS_32 = 1;
    private static final int CLASS_64 = 2;
    private static final int LITTLE_ENDIAN = 1;
    /// The size of the part that both classes have in common.
    private static final int COMMON_HEADER_SIZE = 0x18;

    private static final int EXTENDED_COUNT = 0xffff;
    private static final int MACHINE_ARM = 40;
    private static final int MACHINE_AARCH64 = 183;

    private static final int TYPE_RELOCATABLE = 1;
    private static final int TYPE_EXECUTABLE = 2;
    private static final int TYPE_DYNAMIC = 3;
    private static final int TYPE_CORE = 4;

    private static final int SEGMENT_LOAD = 1;
    private static final int SEGMENT_DYNAMIC = 2;
    private static final int SEGMENT_INTERPRETER = 3;

    private final ElfBytes file;
    /// The bytes of the file in all segments so far.
    private long loaded;

    ElfParser(String name, Bytes content) {
        this.file = new ElfBytes(name, content);
    }

    ElfImage parse() {
        ElfLayout layout = identify();
        checkHeader(layout);
        List<Segment> segments = readSegments(layout);
        checkDisjoint(segments);
        return new ElfImage(
                layout.width(), physicalEntry(layout, segments), segments, new ElfSymbols(file, layout).read());
    }

    private ElfLayout identify() {
        if (file.size() < 4 || file.i32(0, "magic number") != MAGIC) {
            throw file.refuse(
                    "not an ELF file (its first bytes are not 7f 45 4c 46); give a static executable, or a raw"
                            + " image with its load address");
        }
        file.require(0, COMMON_HEADER_SIZE, "ELF header");
        int size = file.u8(4, "class");
        int order = file.u8(5, "byte order");
        if (order == 2) {
            throw file.refuse("a big-endian ELF file; build it for little-endian Arm (-mlittle-endian)");
        }
        if (order != LITTLE_ENDIAN) {
            throw file.refuse(
                    "ELF header: byte order %d at offset 5 is not defined; the file is damaged".formatted(order));
        }
        int machine = file.u16(0x12, "machine");
        if (size != CLASS_32 && size != CLASS_64) {
            throw file.refuse("ELF header: class %d at offset 4 is not defined; the file is damaged".formatted(size));
        }
        if (size == CLASS_64 && machine == MACHINE_AARCH64) {
            return ElfLayout.ELF64;
        }
        if (size == CLASS_32 && machine == MACHINE_ARM) {
            return ElfLayout.ELF32;
        }
        throw file.refuse(
                ("a %d-bit ELF file for %s; a machine runs 64-bit AArch64 or 32-bit Arm (AArch32): build it for one"
                                + " of them")
                        .formatted(size == CLASS_32 ? 32 : 64, architecture(size, machine)));
    }

    private void checkHeader(ElfLayout layout) {
        file.require(0, layout.sizes().file(), "ELF header");
        long version = file.u32(0x14, "version");
        if (file.u8(6, "version") != 1 || version != 1) {
            throw file.refuse(
                    "ELF header: version %d, where only 1 is defined; the file is damaged".formatted(version));
        }
        int type = file.u16(0x10, "type");
        switch (type) {
            case TYPE_EXECUTABLE -> {}
            case TYPE_RELOCATABLE ->
                throw file.refuse("an object file that is not linked; link it to a static executable first");
            case TYPE_DYNAMIC ->
                throw file.refuse(
                        "a position-independent executable or shared object, which needs a loader that relocates it;"
                                + " link it with -static -no-pie");
            case TYPE_CORE -> throw file.refuse("a core dump; give a static executable");
            default -> throw file.refuse("ELF header: type %d at offset 0x10 is not an executable".formatted(type));
        }
        int size = file.u16(layout.counts(), "header size");
        if (size < layout.sizes().file()) {
            throw file.refuse("ELF header: a header size of %d at offset 0x%x, less than %d; the file is damaged"
                    .formatted(size, layout.counts(), layout.sizes().file()));
        }
    }

    private List<Segment> readSegments(ElfLayout layout) {
        long table = file.word(layout, layout.programHeaders(), "program header offset");
        int size = file.u16(layout.programHeaderSize(), "program header size");
        int count = file.u16(layout.programHeaderCount(), "program header count");
        int expected = layout.sizes().program();
        if (count != 0 && size != expected) {
            throw file.refuse("ELF header: program headers of %d bytes at offset 0x%x, not %d; the file is damaged"
                    .formatted(size, layout.programHeaderSize(), expected));
        }
        if (count == EXTENDED_COUNT) {
            throw file.refuse("ELF header: 65535 or more program headers; link it with fewer segments");
        }
        file.require(table, (long) count * expected, "program header table");
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            readSegment(layout, i, table + (long) i * expected, segments);
        }
        if (segments.isEmpty()) {
            throw file.refuse("no segments to load; link it to an executable with a PT_LOAD segment");
        }
        segments.sort(Comparator.comparing(Segment::address, Long::compareUnsigned));
        return segments;
    }

    private void readSegment(ElfLayout layout, int index, long header, List<Segment> into) {
        int type = file.i32(header, "program header");
        if (type == SEGMENT_INTERPRETER || type == SEGMENT_DYNAMIC) {
            throw file.refuse(
                    "program header %d needs a dynamic linker, but there is none; link it with -static -no-pie"
                            .formatted(index));
        }
        long memorySize = file.word(layout, header + layout.memorySize(), "program header");
        if (type != SEGMENT_LOAD || memorySize == 0) {
            return;
        }
        long offset = file.word(layout, header + layout.segmentOffset(), "program header");
        long virtual = file.word(layout, header + layout.virtualAddress(), "program header");
        long physical = file.word(layout, header + layout.physicalAddress(), "program header");
        long fileSize = file.word(layout, header + layout.fileSize(), "program header");
        if (Long.compareUnsigned(fileSize, memorySize) > 0) {
            throw file.refuse("segment %d has 0x%x bytes in the file, but only 0x%x in memory; the file is damaged"
                    .formatted(index, fileSize, memorySize));
        }
        if (!AddressRange.fits(physical, memorySize) || !AddressRange.fits(virtual, memorySize)) {
            throw file.refuse(
                    ("segment %d (0x%x bytes at 0x%x, virtual 0x%x) reaches beyond the end of the address space;"
                                    + " link it elsewhere")
                            .formatted(index, memorySize, physical, virtual));
        }
        file.require(offset, fileSize, "segment " + index);
        loaded += fileSize;
        if (!file.isPlausible(loaded)) {
            throw file.refuse(("segments 0 to %d have together 0x%x bytes of a file of 0x%x bytes; the file is damaged:"
                            + " build it again")
                    .formatted(index, loaded, file.size()));
        }
        into.add(new Segment(index, virtual, physical, file.slice(offset, fileSize), memorySize));
    }

    private void checkDisjoint(List<Segment> ascending) {
        for (int i = 1; i < ascending.size(); i++) {
            Segment below = ascending.get(i - 1);
            Segment above = ascending.get(i);
            if (below.range().overlaps(above.range())) {
                throw file.refuse("segments %d (%s) and %d (%s) overlap; check the linker script"
                        .formatted(below.index(), below.range(), above.index(), above.range()));
            }
        }
    }

    /// The header has a virtual address, but vCPU 0 starts with its MMU off. Bit 0 of an Arm entry point selects
    /// T32 (ELF for the Arm Architecture, "Entry point").
    private long physicalEntry(ElfLayout layout, List<Segment> segments) {
        long header = file.word(layout, layout.entry(), "entry point");
        long thumb = layout.width() == Width.AARCH32 ? header & 1 : 0;
        long entry = header - thumb;
        for (Segment segment : segments) {
            AddressRange code =
                    AddressRange.of(segment.virtualAddress(), segment.content().size());
            if (code.contains(entry)) {
                long physical = entry - segment.virtualAddress() + segment.address();
                if (thumb == 0 && physical % 4 != 0) {
                    throw file.refuse("entry point 0x%x is not a multiple of 4; check ENTRY in the linker script"
                            .formatted(entry));
                }
                return physical + thumb;
            }
        }
        throw file.refuse(
                "entry point 0x%x is in none of its segments; check ENTRY in the linker script".formatted(entry));
    }

    private static String architecture(int size, int machine) {
        return switch (machine) {
            case 2, 18, 43 -> "SPARC";
            case 3 -> "x86 (i386)";
            case 4 -> "Motorola 68000";
            case 8 -> "MIPS";
            case 20 -> "PowerPC";
            case 21 -> "PowerPC64";
            case 22 -> "IBM S/390";
            case MACHINE_ARM -> "Arm (AArch32)";
            case 62 -> "x86-64";
            case MACHINE_AARCH64 -> size == CLASS_32 ? "AArch64 (ILP32)" : "AArch64";
            case 243 -> "RISC-V";
            case 247 -> "BPF";
            case 258 -> "LoongArch";
            default -> "machine number " + machine;
        };
    }
}
