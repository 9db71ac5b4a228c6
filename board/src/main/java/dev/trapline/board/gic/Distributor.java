package dev.trapline.board.gic;

/// The registers of the Distributor of a GICv2 (IHI 0048B §4.3), as each vCPU sees them.
///
/// All registers can be accessed as words. GICD_IPRIORITYR, GICD_ITARGETSR, GICD_CPENDSGIR and GICD_SPENDSGIR can also
/// be accessed as bytes and halfwords (§4.1.4). Any other access reads zero and is ignored.
final class Distributor {

    private static final int CTLR = 0x000;
    private static final int TYPER = 0x004;
    private static final int IIDR = 0x008;
    private static final int ITARGETSR = 0x800;
    private static final int ITARGETSR_END = 0xc00;
    private static final int PPISR = 0xd00;
    private static final int SGIR = 0xf00;
    private static final int CPENDSGIR = 0xf10;
    private static final int SPENDSGIR = 0xf20;
    private static final int SPENDSGIR_END = 0xf30;
    private static final int IDENTIFICATION = 0xfd0;

    /// Implementer: Arm. Product, variant and revision 0.
    private static final int IMPLEMENTER = 0x43b;

    /// GICD_PIDR4 to 7, GICD_PIDR0 to 3, GICD_CIDR0 to 3: a GICv2 by Arm (§4.3.18).
    private static final int[] IDENTIFICATIONS = {0x04, 0x00, 0x00, 0x00, 0x90, 0xb4, 0x2b, 0x00, 0x0d, 0xf0, 0x05, 0xb1
    };

    private final TargetedInterrupts interrupts;
    private final FieldRegisters fields;

    Distributor(TargetedInterrupts interrupts) {
        this.interrupts = interrupts;
        this.fields = new FieldRegisters(interrupts, 0, Interrupts.WORDS);
    }

    int read(int cpu, int offset, int size) {
        if (FieldRegisters.contain(offset)) {
            return fields.read(cpu, offset, size);
        }
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
        if (FieldRegisters.contain(offset)) {
            fields.write(cpu, offset, size, value);
        } else if (isByteAccessible(offset)) {
            for (int k = 0; k < size; k++) {
                writeByte(cpu, offset + k, (value >>> (8 * k)) & 0xff);
            }
        } else if (size == Integer.BYTES) {
            writeWord(cpu, offset, value);
        }
    }

    private static boolean isByteAccessible(int offset) {
        return (offset >= ITARGETSR && offset < ITARGETSR_END) || (offset >= CPENDSGIR && offset < SPENDSGIR_END);
    }

    private int readByte(int cpu, int offset) {
        if (offset >= CPENDSGIR) {
            return interrupts.sgiSources(cpu, offset % 16);
        }
        int intid = offset - ITARGETSR;
        return intid < Interrupts.COUNT && interrupts.isGuests(cpu, intid) ? interrupts.targets(cpu, intid) : 0;
    }

    private void writeByte(int cpu, int offset, int value) {
        int intid = offset - ITARGETSR;
        if (offset >= SPENDSGIR) {
            interrupts.addSgiSources(cpu, offset % 16, value);
        } else if (offset >= CPENDSGIR) {
            interrupts.removeSgiSources(cpu, offset % 16, value);
        } else if (intid < Interrupts.COUNT && interrupts.isGuests(cpu, intid)) {
            interrupts.setTargets(intid, value);
        }
    }

    private int readWord(int cpu, int offset) {
        if (offset >= PPISR && offset < PPISR + 4 * Interrupts.WORDS) {
            int word = (offset - PPISR) / 4;
            int inputs = interrupts.inputs(cpu, word) & interrupts.guests(cpu, word);
            return word == 0 ? inputs >>> 16 : inputs;
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

    private void writeWord(int cpu, int offset, int value) {
        if (offset == CTLR) {
            interrupts.forward(value);
        } else if (offset == SGIR) {
            generate(cpu, value);
        }
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
