package dev.trapline.board.gic;

/// The registers with a field for each interrupt. They have the same offsets in the Distributor of a GICv2 (IHI 0048B
/// §4.3), in that of a GICv3, and in the frame SGI_base of a Redistributor (IHI 0069): GICD_IGROUPR and GICR_IGROUPR0,
/// and so on.
///
/// All can be accessed as words, the priorities also as bytes and halfwords. Any other access reads zero and is
/// ignored. So are the fields of interrupts that do not exist, that belong into another frame, or that belong to
/// firmware.
final class FieldRegisters {

    private static final int IGROUPR = 0x080;
    private static final int ISENABLER = 0x100;
    private static final int ICENABLER = 0x180;
    private static final int ISPENDR = 0x200;
    private static final int ICPENDR = 0x280;
    private static final int ISACTIVER = 0x300;
    private static final int ICACTIVER = 0x380;
    private static final int IPRIORITYR = 0x400;
    private static final int IPRIORITYR_END = 0x800;
    private static final int ICFGR = 0xc00;
    private static final int ICFGR_END = 0xd00;

    /// The size of a block of registers with one bit for each interrupt, in bytes.
    private static final int BITS_BLOCK = 0x80;

    private final Interrupts interrupts;
    private final int firstWord;
    private final int endWord;

    /// @param firstWord the first of the interrupts that these registers show, in words of 32
    /// @param endWord the end of these interrupts, in words of 32
    FieldRegisters(Interrupts interrupts, int firstWord, int endWord) {
        this.interrupts = interrupts;
        this.firstWord = firstWord;
        this.endWord = endWord;
    }

    /// Whether a register is one of these.
    static boolean contain(int offset) {
        return (offset >= IGROUPR && offset < IPRIORITYR_END) || (offset >= ICFGR && offset < ICFGR_END);
    }

    private boolean shows(int word) {
        return word >= firstWord && word < endWord;
    }

    private boolean shows(int cpu, int intid) {
        return shows(intid / 32) && interrupts.isGuests(cpu, intid);
    }

    private static boolean isPriority(int offset) {
        return offset >= IPRIORITYR && offset < IPRIORITYR_END;
    }

    int read(int cpu, int offset, int size) {
        if (!isPriority(offset)) {
            return size == Integer.BYTES ? readWord(cpu, offset) : 0;
        }
        int value = 0;
        for (int k = 0; k < size; k++) {
            int intid = offset - IPRIORITYR + k;
            value |= (shows(cpu, intid) ? interrupts.priority(cpu, intid) : 0) << (8 * k);
        }
        return value;
    }

    void write(int cpu, int offset, int size, int value) {
        if (isPriority(offset)) {
            for (int k = 0; k < size; k++) {
                int intid = offset - IPRIORITYR + k;
                if (shows(cpu, intid)) {
                    interrupts.setPriority(cpu, intid, (value >>> (8 * k)) & 0xff);
                }
            }
        } else if (size == Integer.BYTES) {
            writeWord(cpu, offset, value);
        }
    }

    private int readWord(int cpu, int offset) {
        if (offset >= ICFGR) {
            int register = (offset - ICFGR) / 4;
            return shows(register / 2) ? readConfiguration(cpu, register) : 0;
        }
        int word = offset % BITS_BLOCK / 4;
        if (!shows(word)) {
            return 0;
        }
        int bits = switch (offset - offset % BITS_BLOCK) {
            case IGROUPR -> interrupts.groups(cpu, word);
            case ISENABLER, ICENABLER -> interrupts.enabled(cpu, word);
            case ISPENDR, ICPENDR -> interrupts.pending(cpu, word);
            case ISACTIVER, ICACTIVER -> interrupts.active(cpu, word);
            default -> 0;
        };
        return bits & interrupts.guests(cpu, word);
    }

    private void writeWord(int cpu, int offset, int value) {
        if (offset >= ICFGR) {
            int register = (offset - ICFGR) / 4;
            if (shows(register / 2)) {
                writeConfiguration(cpu, register, value);
            }
            return;
        }
        int word = offset % BITS_BLOCK / 4;
        if (shows(word)) {
            writeBits(cpu, offset - offset % BITS_BLOCK, word, value);
        }
    }

    private void writeBits(int cpu, int block, int word, int value) {
        int guests = interrupts.guests(cpu, word);
        int bits = value & guests;
        switch (block) {
            case IGROUPR -> interrupts.setGroups(cpu, word, bits | (interrupts.groups(cpu, word) & ~guests));
            case ISENABLER -> interrupts.enable(cpu, word, bits);
            case ICENABLER -> interrupts.disable(cpu, word, bits);
            case ISPENDR -> interrupts.setPending(cpu, word, bits);
            case ICPENDR -> interrupts.clearPending(cpu, word, bits);
            case ISACTIVER -> interrupts.activate(cpu, word, bits);
            case ICACTIVER -> interrupts.deactivate(cpu, word, bits);
            default -> {
                // There is no other block.
            }
        }
    }

    /// Two bits for each interrupt: the upper says that it is edge-triggered, the lower is reserved (IHI 0048B
    /// §4.3.13).
    private int readConfiguration(int cpu, int register) {
        int edges =
                (interrupts.edges(cpu, register / 2) & interrupts.guests(cpu, register / 2)) >>> (16 * (register % 2));
        int value = 0;
        for (int k = 0; k < 16; k++) {
            value |= ((edges >>> k) & 1) << (2 * k + 1);
        }
        return value;
    }

    private void writeConfiguration(int cpu, int register, int value) {
        int edges = 0;
        for (int k = 0; k < 16; k++) {
            edges |= ((value >>> (2 * k + 1)) & 1) << k;
        }
        int shift = 16 * (register % 2);
        int written = (0xffff << shift) & interrupts.guests(cpu, register / 2);
        int others = interrupts.edges(cpu, register / 2) & ~written;
        interrupts.setEdges(cpu, register / 2, others | ((edges << shift) & written));
    }
}
