package dev.trapline.board.cpu;

/// The encoding of an AArch64 system register or SYS instruction: op0, op1, CRn, CRm and op2 in 16 bits, as in the
/// instruction.
public final class SystemRegister {

    public static final int SCTLR_EL1 = of(3, 0, 1, 0, 0);
    public static final int CPACR_EL1 = of(3, 0, 1, 0, 2);
    public static final int TCR_EL1 = of(3, 0, 2, 0, 2);
    public static final int MDSCR_EL1 = of(2, 0, 0, 2, 2);
    public static final int SP_EL0 = of(3, 0, 4, 1, 0);
    public static final int SP_EL1 = of(3, 4, 4, 1, 0);
    public static final int SPSR_EL1 = of(3, 0, 4, 0, 0);
    public static final int ELR_EL1 = of(3, 0, 4, 0, 1);
    public static final int ESR_EL1 = of(3, 0, 5, 2, 0);
    public static final int FAR_EL1 = of(3, 0, 6, 0, 0);
    public static final int VBAR_EL1 = of(3, 0, 12, 0, 0);
    public static final int ISR_EL1 = of(3, 0, 12, 1, 0);
    public static final int PAR_EL1 = of(3, 0, 7, 4, 0);
    public static final int MIDR_EL1 = of(3, 0, 0, 0, 0);
    public static final int HCR_EL2 = of(3, 4, 1, 1, 0);
    public static final int SCR_EL3 = of(3, 6, 1, 1, 0);
    public static final int VPIDR_EL2 = of(3, 4, 0, 0, 0);
    public static final int VMPIDR_EL2 = of(3, 4, 0, 0, 5);
    public static final int CNTHCTL_EL2 = of(3, 4, 14, 1, 0);
    public static final int CNTKCTL_EL1 = of(3, 0, 14, 1, 0);
    /// SYS: address translation, stage 1, EL1, read.
    public static final int AT_S1E1R = of(1, 0, 7, 8, 0);
    /// SYS: invalidate all TLB entries of EL1 on this CPU.
    public static final int TLBI_VMALLE1 = of(1, 0, 8, 7, 0);

    private SystemRegister() {}

    /// The encoding of its fields.
    public static int of(int op0, int op1, int crn, int crm, int op2) {
        return (op0 << 14) | (op1 << 11) | (crn << 7) | (crm << 3) | op2;
    }

    public static int op0(int encoding) {
        return (encoding >> 14) & 3;
    }

    public static int op1(int encoding) {
        return (encoding >> 11) & 7;
    }

    public static int crn(int encoding) {
        return (encoding >> 7) & 0xf;
    }

    public static int crm(int encoding) {
        return (encoding >> 3) & 0xf;
    }

    public static int op2(int encoding) {
        return encoding & 7;
    }

    /// The generic name in assembly language: `S3_0_C1_C0_0`.
    public static String name(int encoding) {
        return "S" + op0(encoding) + "_" + op1(encoding) + "_C" + crn(encoding) + "_C" + crm(encoding) + "_"
                + op2(encoding);
    }
}
