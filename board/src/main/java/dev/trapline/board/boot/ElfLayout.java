package dev.trapline.board.boot;

import dev.trapline.abi.Width;

/// The offsets of the fields of an ELF file, for both classes (System V ABI, chapter 4). Offsets are relative to the
/// structure that contains the field; a word (w) is 4 or 8 bytes.
///
/// ```text
///                 ELF64                                         ELF32
/// file header     0x18 entry:w  0x20 phoff:w  0x28 shoff:w      0x18 entry:w  0x1c phoff:w  0x20 shoff:w
///                 0x34 ehsize, phentsize, phnum, shentsize,     0x28 the same
///                 shnum: 16 each
/// program header  0x08 offset:w  0x10 vaddr:w  0x18 paddr:w     0x04 offset:w  0x08 vaddr:w  0x0c paddr:w
///                 0x20 filesz:w  0x28 memsz:w                   0x10 filesz:w  0x14 memsz:w
/// section header  0x18 offset:w  0x20 size:w  0x28 link:32      0x10 offset:w  0x14 size:w  0x18 link:32
///                 0x38 entsize:w                                0x24 entsize:w
/// symbol          0x04 info:8  0x06 section:16  0x08 value:w    0x0c info:8  0x0e section:16  0x04 value:w
///                 0x10 size:w                                   0x08 size:w
/// ```
///
/// In both, a program header begins with its type, a section header has its type at 4, and a symbol begins with its
/// name.
///
/// @param width the width of the machines that run such files
/// @param word size of an address, an offset or a size, in bytes
/// @param sizes sizes of the structures
/// @param counts offset of ehsize in the file header
/// @param program offset of the first word in a program header
/// @param section offset of the file offset in a section header
/// @param entrySize offset of entsize in a section header
/// @param symbolInfo offset of info in a symbol
/// @param symbolSection offset of the section index in a symbol
/// @param symbolValue offset of the value in a symbol; the size follows the value
record ElfLayout(
        Width width,
        int word,
        Sizes sizes,
        int counts,
        int program,
        int section,
        int entrySize,
        int symbolInfo,
        int symbolSection,
        int symbolValue) {

    static final ElfLayout ELF64 =
            new ElfLayout(Width.AARCH64, 8, new Sizes(64, 56, 64, 24), 0x34, 0x08, 0x18, 0x38, 0x04, 0x06, 0x08);
    static final ElfLayout ELF32 =
            new ElfLayout(Width.AARCH32, 4, new Sizes(52, 32, 40, 16), 0x28, 0x04, 0x10, 0x24, 0x0c, 0x0e, 0x04);

    /// The size of each structure, in bytes.
    record Sizes(int file, int program, int section, int symbol) {}

    private static final int ENTRY = 0x18;

    int entry() {
        return ENTRY;
    }

    int programHeaders() {
        return ENTRY + word;
    }

    int sectionHeaders() {
        return ENTRY + 2 * word;
    }

    int programHeaderSize() {
        return counts + 2;
    }

    int programHeaderCount() {
        return counts + 4;
    }

    int sectionHeaderSize() {
        return counts + 6;
    }

    int sectionHeaderCount() {
        return counts + 8;
    }

    int segmentOffset() {
        return program;
    }

    int virtualAddress() {
        return program + word;
    }

    int physicalAddress() {
        return program + 2 * word;
    }

    int fileSize() {
        return program + 3 * word;
    }

    int memorySize() {
        return program + 4 * word;
    }

    int sectionSize() {
        return section + word;
    }

    int sectionLink() {
        return section + 2 * word;
    }

    int symbolSize() {
        return symbolValue + word;
    }
}
