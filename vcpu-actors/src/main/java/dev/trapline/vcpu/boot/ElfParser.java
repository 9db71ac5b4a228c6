package dev.trapline.vcpu.boot;

import dev.trapline.abi.Bytes;
import dev.trapline.vcpu.boot.ElfImage.Segment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Reads the headers of an ELF64 file. Strict: what the format forbids is refused, not guessed around.
///
/// ```text
/// file header  0x00 magic  0x04 class  0x05 data  0x06 version  0x10 type:16  0x12 machine:16  0x14 version:32  0x18
/// entry:64
///              0x20 phoff:64  0x28 shoff:64  0x34 ehsize:16  0x36 phentsize:16  0x38 phnum:16  0x3a shentsize:16  0x3c
/// shnum:16
/// program hdr  0x00 type:32  0x04 flags:32  0x08 offset:64  0x10 vaddr:64  0x18 paddr:64  0x20 filesz:64  0x28
/// memsz:64
/// ```
final class ElfParser {

    private static final int MAGIC = 0x464c_457f;
    private static final int CLASS_64 = 2;
    private static final int LITTLE_ENDIAN = 1;
    private static final int HEADER_SIZE = 64;
    private static final int PROGRAM_HEADER_SIZE = 56;
    private static final int EXTENDED_COUNT = 0xffff;
    private static final int MACHINE_AARCH64 = 183;

    private static final int TYPE_RELOCATABLE = 1;
    private static final int TYPE_EXECUTABLE = 2;
    private static final int TYPE_DYNAMIC = 3;
    private static final int TYPE_CORE = 4;

    private static final int SEGMENT_LOAD = 1;
    private static final int SEGMENT_DYNAMIC = 2;
    private static final int SEGMENT_INTERPRETER = 3;

    private final ElfBytes file;

    ElfParser(String name, Bytes content) {
        this.file = new ElfBytes(name, content);
    }

    ElfImage parse() {
        checkIdentity();
        checkHeader();
        List<Segment> segments = readSegments();
        checkDisjoint(segments);
        return new ElfImage(physicalEntry(segments), segments, new ElfSymbols(file).read());
    }

    private void checkIdentity() {
        if (file.size() < 4 || file.i32(0, "magic number") != MAGIC) {
            throw file.refuse(
                    "not an ELF file (its first bytes are not 7f 45 4c 46); give a static AArch64 executable, or a raw"
                            + " image with its load address");
        }
        file.require(0, HEADER_SIZE, "ELF header");
        int width = file.u8(4, "class");
        int order = file.u8(5, "byte order");
        if (order == 2) {
            throw file.refuse("a big-endian ELF file; build it for little-endian AArch64 (-mlittle-endian)");
        }
        if (order != LITTLE_ENDIAN) {
            throw file.refuse(
                    "ELF header: byte order %d at offset 5 is not defined; the file is damaged".formatted(order));
        }
        int machine = file.u16(0x12, "machine");
        if (width == 1) {
            throw file.refuse("a 32-bit ELF file for %s; build it for 64-bit AArch64".formatted(architecture(machine)));
        }
        if (width != CLASS_64) {
            throw file.refuse("ELF header: class %d at offset 4 is not defined; the file is damaged".formatted(width));
        }
        if (machine != MACHINE_AARCH64) {
            throw file.refuse("built for %s, but this machine is AArch64; build it with an AArch64 compiler"
                    .formatted(architecture(machine)));
        }
    }

    private void checkHeader() {
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
            default -> throw file.refuse("ELF header: type %d at offset 0x10 is no executable".formatted(type));
        }
        int size = file.u16(0x34, "header size");
        if (size < HEADER_SIZE) {
            throw file.refuse("ELF header: a header size of %d at offset 0x34, less than %d; the file is damaged"
                    .formatted(size, HEADER_SIZE));
        }
    }

    private List<Segment> readSegments() {
        long table = file.i64(0x20, "program header offset");
        int size = file.u16(0x36, "program header size");
        int count = file.u16(0x38, "program header count");
        if (count != 0 && size != PROGRAM_HEADER_SIZE) {
            throw file.refuse("ELF header: program headers of %d bytes at offset 0x36, not %d; the file is damaged"
                    .formatted(size, PROGRAM_HEADER_SIZE));
        }
        if (count == EXTENDED_COUNT) {
            throw file.refuse("ELF header: 65535 or more program headers; link it with fewer segments");
        }
        file.require(table, (long) count * PROGRAM_HEADER_SIZE, "program header table");
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            readSegment(i, table + (long) i * PROGRAM_HEADER_SIZE, segments);
        }
        if (segments.isEmpty()) {
            throw file.refuse("no segments to load; link it to an executable with a PT_LOAD segment");
        }
        segments.sort(Comparator.comparing(Segment::address, Long::compareUnsigned));
        return segments;
    }

    private void readSegment(int index, long header, List<Segment> into) {
        int type = file.i32(header, "program header");
        if (type == SEGMENT_INTERPRETER || type == SEGMENT_DYNAMIC) {
            throw file.refuse(
                    "program header %d asks for a dynamic linker, and there is none here; link it with -static -no-pie"
                            .formatted(index));
        }
        long memorySize = file.i64(header + 0x28, "program header");
        if (type != SEGMENT_LOAD || memorySize == 0) {
            return;
        }
        long offset = file.i64(header + 0x08, "program header");
        long virtual = file.i64(header + 0x10, "program header");
        long physical = file.i64(header + 0x18, "program header");
        long fileSize = file.i64(header + 0x20, "program header");
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

    /// The header gives a virtual address, and vCPU 0 starts with its MMU off.
    private long physicalEntry(List<Segment> segments) {
        long entry = file.i64(0x18, "entry point");
        for (Segment segment : segments) {
            AddressRange code =
                    AddressRange.of(segment.virtualAddress(), segment.content().size());
            if (code.contains(entry)) {
                long physical = entry - segment.virtualAddress() + segment.address();
                if (physical % 4 != 0) {
                    throw file.refuse("entry point 0x%x is not a multiple of 4; check ENTRY in the linker script"
                            .formatted(entry));
                }
                return physical;
            }
        }
        throw file.refuse(
                "entry point 0x%x is in none of its segments; check ENTRY in the linker script".formatted(entry));
    }

    private static String architecture(int machine) {
        return switch (machine) {
            case 2, 18, 43 -> "SPARC";
            case 3 -> "x86 (i386)";
            case 4 -> "Motorola 68000";
            case 8 -> "MIPS";
            case 20 -> "PowerPC";
            case 21 -> "PowerPC64";
            case 22 -> "IBM S/390";
            case 40 -> "Arm (AArch32)";
            case 62 -> "x86-64";
            case MACHINE_AARCH64 -> "AArch64 (ILP32)";
            case 243 -> "RISC-V";
            case 247 -> "BPF";
            case 258 -> "LoongArch";
            default -> "machine number " + machine;
        };
    }
}
