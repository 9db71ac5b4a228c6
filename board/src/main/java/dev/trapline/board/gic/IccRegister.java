package dev.trapline.board.gic;

import dev.trapline.board.cpu.SystemRegister;
import org.jspecify.annotations.Nullable;

/// The system registers of the CPU interface of a GICv3, at EL1 of AArch64 (IHI 0069 §12.2): ICC_PMR_EL1 and so on.
enum IccRegister {
    PMR(Access.READ_WRITE, 4, 6, 0),
    IAR0(Access.READ, 12, 8, 0),
    EOIR0(Access.WRITE, 12, 8, 1),
    HPPIR0(Access.READ, 12, 8, 2),
    BPR0(Access.READ_WRITE, 12, 8, 3),
    AP0R0(Access.READ_WRITE, 12, 8, 4),
    AP0R1(Access.READ_WRITE, 12, 8, 5),
    AP0R2(Access.READ_WRITE, 12, 8, 6),
    AP0R3(Access.READ_WRITE, 12, 8, 7),
    AP1R0(Access.READ_WRITE, 12, 9, 0),
    AP1R1(Access.READ_WRITE, 12, 9, 1),
    AP1R2(Access.READ_WRITE, 12, 9, 2),
    AP1R3(Access.READ_WRITE, 12, 9, 3),
    DIR(Access.WRITE, 12, 11, 1),
    RPR(Access.READ, 12, 11, 3),
    SGI1R(Access.WRITE, 12, 11, 5),
    ASGI1R(Access.WRITE, 12, 11, 6),
    SGI0R(Access.WRITE, 12, 11, 7),
    IAR1(Access.READ, 12, 12, 0),
    EOIR1(Access.WRITE, 12, 12, 1),
    HPPIR1(Access.READ, 12, 12, 2),
    BPR1(Access.READ_WRITE, 12, 12, 3),
    CTLR(Access.READ_WRITE, 12, 12, 4),
    SRE(Access.READ_WRITE, 12, 12, 5),
    IGRPEN0(Access.READ_WRITE, 12, 12, 6),
    IGRPEN1(Access.READ_WRITE, 12, 12, 7);

    private enum Access {
        READ,
        WRITE,
        READ_WRITE
    }

    /// The registers with CRn 12 are those from here on.
    private static final int FIRST = SystemRegister.of(3, 0, 12, 8, 0);

    private static final int END = SystemRegister.of(3, 0, 12, 13, 0);

    private static final @Nullable IccRegister[] BY_OFFSET = new IccRegister[END - FIRST];

    static {
        for (IccRegister register : values()) {
            if (register != PMR) {
                BY_OFFSET[register.encoding - FIRST] = register;
            }
        }
    }

    private final Access access;
    private final int encoding;

    IccRegister(Access access, int crn, int crm, int op2) {
        this.access = access;
        this.encoding = SystemRegister.of(3, 0, crn, crm, op2);
    }

    /// Finds a register. Cheap.
    ///
    /// @param encoding see [SystemRegister]
    /// @return null if there is none
    static @Nullable IccRegister of(int encoding) {
        if (encoding >= FIRST && encoding < END) {
            return BY_OFFSET[encoding - FIRST];
        }
        return encoding == PMR.encoding ? PMR : null;
    }

    int encoding() {
        return encoding;
    }

    boolean canBeRead() {
        return access != Access.WRITE;
    }

    boolean canBeWritten() {
        return access != Access.READ;
    }
}
