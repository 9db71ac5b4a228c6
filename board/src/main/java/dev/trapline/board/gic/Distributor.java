package dev.trapline.board.gic;

/// The registers of the Distributor of a GICv2 (IHI 0048B §4.3), as each vCPU sees them.
///
/// All registers can be accessed as words. GICD_IPRIORITYR, GICD_ITARGETSR, GICD_CPENDSGIR and GICD_SPENDSGIR can also
/// be accessed as bytes and halfwords (§4.1.4). Any other access reads zero and is ignored.
final class Distributor {

    private static final int CTLR = 0x000;
    private static final int TYPER = 0x004;
    private static final int IIDR = 0x008;
    private static final int IGROUPR = 0x080;
    private static final int ISENABLER = 0x100;
    private static final int ICENABLER = 0x180;
    private static final int ISPENDR = 0x200;
    private static final int ICPENDR = 0x280;
    private static final int ISACTIVER = 0x300;
    private static final int ICACTIVER = 0x380;
    private static final int IPRIORITYR = 0x400;
    private static final int ITARGETSR = 0x800;
    private static final int ICFGR = 0xc00;
    private static final int PPISR = 0xd00;
    private static final int SGIR = 0xf00;
    private static final int CPENDSGIR = 0xf10;
    private static final int SPENDSGIR = 0xf20;
    private static final int SPENDSGIR_END = 0xf30;
    private static final int IDENTIFICATION = 0xfd0;

    /// The size of a block of registers with one bit for each interrupt, in bytes.
    private static final int BITS_BLOCK = 0x80;

    /// Implementer: Arm. Product, variant and revision 0.
    private static final int IMPLEMENTER = 0x43b;

    /// GICD_PIDR4 to 7, GICD_PIDR0 to 3, GICD_CIDR0 to 3: a GICv2 by Arm (§4.3.18).
    private static final int[] IDENTIFICATIONS = {0x04, 0x00, 0x00, 0x00, 0x90, 0xb4, 0x2b, 0x00, 0x0d, 0xf0, 0x05, 0xb1
    };

    private final Interrupts interrupts;

    Distributor(Interrupts interrupts) {
        this.interrupts = interrupts;
    }

    int read(int cpu, int offset, int size) {
        if (!isByteAccessible(offset)) {
            return size == Integer.BYTES ? readWord(cpu, offset) : 0;
        }
        int value = 0;
        for (int k = 0; k < size; k++) {
            value |= readByte(cpu, offset + k) << (8 * k);
        }
        return value;
    }

    void write(int cpu, int offset, int size, int value) {
        if (isByteAccessible(offset)) {
            for (int k = 0; k < size; k++) {
                writeByte(cpu, offset + k, (value >>> (8 * k)) & 0xff);
            }
        } else if (size == Integer.BYTES) {
            writeWord(cpu, offset, value);
        }
    }

    private static boolean isByteAccessible(int offset) {
        return (offset >= IPRIORITYR && offset < ICFGR) || (offset >= CPENDSGIR && offset < SPENDSGIR_END);
    }

    private int readByte(int cpu, int offset) {
        if (offset >= CPENDSGIR) {
            return interrupts.sgiSources(cpu, offset % 16);
        }
        int intid = offset % 0x400;
        if (intid >= Interrupts.COUNT) {
            return 0;
        }
        return offset < ITARGETSR ? interrupts.priority(cpu, intid) : interrupts.targets(cpu, intid);
    }

    private void writeByte(int cpu, int offset, int value) {
        int intid = offset % 0x400;
        if (offset >= SPENDSGIR) {
            interrupts.addSgiSources(cpu, offset % 16, value);
        } else if (offset >= CPENDSGIR) {
            interrupts.removeSgiSources(cpu, offset % 16, value);
        } else if (intid < Interrupts.COUNT && offset < ITARGETSR) {
            interrupts.setPriority(cpu, intid, value);
        } else if (intid < Interrupts.COUNT) {
            interrupts.setTargets(intid, value);
        }
    }

    private int readWord(int cpu, int offset) {
        if (offset >= IGROUPR && offset < IPRIORITYR) {
            int word = offset % BITS_BLOCK / 4;
            return word < Interrupts.WORDS ? readBits(cpu, offset - offset % BITS_BLOCK, word) : 0;
        }
        if (offset >= ICFGR && offset < ICFGR + 8 * Interrupts.WORDS) {
            return readConfiguration(cpu, (offset - ICFGR) / 4);
        }
        if (offset >= PPISR && offset < PPISR + 4 * Interrupts.WORDS) {
            int word = (offset - PPISR) / 4;
            return word == 0 ? interrupts.inputs(cpu, 0) >>> 16 : interrupts.inputs(cpu, word);
        }
        if (offset >= IDENTIFICATION) {
            return IDENTIFICATIONS[(offset - IDENTIFICATION) / 4];
        }
        return switch (offset) {
            case CTLR -> interrupts.forwarded();
            case TYPER -> ((interrupts.cpus - 1) << 5) | (Interrupts.WORDS - 1);
            case IIDR -> IMPLEMENTER;
            default -> 0;
        };
    }

    private int readBits(int cpu, int block, int word) {
        return switch (block) {
            case IGROUPR -> interrupts.groups(cpu, word);
            case ISENABLER, ICENABLER -> interrupts.enabled(cpu, word);
            case ISPENDR, ICPENDR -> interrupts.pending(cpu, word);
            case ISACTIVER, ICACTIVER -> interrupts.active(cpu, word);
            default -> 0;
        };
    }

    private void writeWord(int cpu, int offset, int value) {
        if (offset >= IGROUPR && offset < IPRIORITYR) {
            int word = offset % BITS_BLOCK / 4;
            if (word < Interrupts.WORDS) {
                writeBits(cpu, offset - offset % BITS_BLOCK, word, value);
            }
        } else if (offset >= ICFGR && offset < ICFGR + 8 * Interrupts.WORDS) {
            writeConfiguration(cpu, (offset - ICFGR) / 4, value);
        } else if (offset == CTLR) {
            interrupts.forward(value);
        } else if (offset == SGIR) {
            generate(cpu, value);
        }
    }

    private void writeBits(int cpu, int block, int word, int bits) {
        switch (block) {
            case IGROUPR -> interrupts.setGroups(cpu, word, bits);
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

    /// Two bits for each interrupt: the upper says that it is edge-triggered, the lower is reserved (§4.3.13).
    private int readConfiguration(int cpu, int register) {
        int edges = interrupts.edges(cpu, register / 2) >>> (16 * (register % 2));
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
        int others = interrupts.edges(cpu, register / 2) & ~(0xffff << shift);
        interrupts.setEdges(cpu, register / 2, others | (edges << shift));
    }

    /// A write to GICD_SGIR (§4.3.15). The reserved filter 3 sends nothing. It makes the SGI pending even while
    /// GICD_CTLR forwards nothing.
    private void generate(int cpu, int value) {
        int list = switch ((value >>> 24) & 3) {
            case 0 -> (value >>> 16) & 0xff;
            case 1 -> ~(1 << cpu);
            case 2 -> 1 << cpu;
            default -> 0;
        };
        for (int target = 0; target < interrupts.cpus; target++) {
            if ((list >>> target & 1) != 0) {
                interrupts.addSgiSources(target, value & 0xf, 1 << cpu);
            }
        }
    }
}
