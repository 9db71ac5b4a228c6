package dev.trapline.board.gic;

/// The registers of the Distributor of a GICv3 with one Security state and affinity routing (IHI 0069 §12.9).
///
/// GICD_CTLR.DS and .ARE read as one. So the registers of private interrupts, GICD_ITARGETSR, GICD_SGIR, GICD_IGRPMODR
/// and GICD_NSACR read as zero and ignore writes, as reserved ones do. GICD_STATUSR is not implemented.
///
/// GICD_IROUTER can be accessed as doublewords and words, the priorities as words, halfwords and bytes, all others as
/// words. Any other access reads zero and is ignored.
final class Gicv3Distributor {

    private static final int CTLR = 0x0000;
    private static final int TYPER = 0x0004;
    private static final int IIDR = 0x0008;
    private static final int IROUTER = 0x6000;
    private static final int IROUTER_END = IROUTER + 8 * Interrupts.COUNT;
    private static final int IDENTIFICATION = 0xffd0;

    /// GICD_CTLR: affinity routing is always enabled.
    private static final int ARE = 1 << 4;
    /// GICD_CTLR: Security is always disabled.
    private static final int DS = 1 << 6;

    /// GICD_TYPER.IDbits: INTIDs have 10 bits, because there are no LPIs.
    private static final int ID_BITS = 9 << 19;

    /// Implementer: Arm. Product, variant and revision 0.
    static final int IMPLEMENTER = 0x43b;

    /// GICD_PIDR4 to 7, GICD_PIDR0 to 3, GICD_CIDR0 to 3: a GICv3 by Arm.
    private static final int[] IDENTIFICATIONS = {0x44, 0x00, 0x00, 0x00, 0x92, 0xb4, 0x3b, 0x00, 0x0d, 0xf0, 0x05, 0xb1
    };

    private final RoutedInterrupts interrupts;
    private final FieldRegisters fields;

    Gicv3Distributor(RoutedInterrupts interrupts) {
        this.interrupts = interrupts;
        this.fields = new FieldRegisters(interrupts, 1, Interrupts.WORDS);
    }

    int read(int offset, int size) {
        if (FieldRegisters.contain(offset)) {
            return fields.read(0, offset, size);
        }
        if (size != Integer.BYTES) {
            return 0;
        }
        if (isRoute(offset)) {
            int intid = intid(offset);
            return interrupts.isGuests(0, intid) ? (int) (interrupts.route(intid) >>> shift(offset)) : 0;
        }
        if (offset >= IDENTIFICATION) {
            return IDENTIFICATIONS[(offset - IDENTIFICATION) / 4];
        }
        return switch (offset) {
            case CTLR -> interrupts.forwarded() | ARE | DS;
            case TYPER -> ID_BITS | (Interrupts.WORDS - 1);
            case IIDR -> IMPLEMENTER;
            default -> 0;
        };
    }

    void write(int offset, int size, int value) {
        if (FieldRegisters.contain(offset)) {
            fields.write(0, offset, size, value);
        } else if (size == Integer.BYTES && isRoute(offset)) {
            writeRoute(intid(offset), shift(offset), value);
        } else if (size == Integer.BYTES && offset == CTLR) {
            interrupts.forward(value);
        }
    }

    private void writeRoute(int intid, int shift, int value) {
        if (interrupts.isGuests(0, intid)) {
            long others = interrupts.route(intid) & ~(0xffff_ffffL << shift);
            interrupts.setRoute(intid, others | Integer.toUnsignedLong(value) << shift);
        }
    }

    /// Private interrupts have no route.
    private static boolean isRoute(int offset) {
        return offset >= IROUTER + 8 * InterruptController.FIRST_SPI && offset < IROUTER_END;
    }

    private static int intid(int offset) {
        return (offset - IROUTER) / 8;
    }

    private static int shift(int offset) {
        return offset % 8 * Byte.SIZE;
    }
}
