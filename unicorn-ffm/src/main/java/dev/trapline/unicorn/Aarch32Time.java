package dev.trapline.unicorn;

import dev.trapline.abi.exit.GeneralRegisters;

/// What AArch32 code may know of time.
///
/// The library has no hook for coprocessor accesses. What EL2 can trap is trapped, and answered here for PL1: the
/// physical counter and timer (CNTPCT, CNTP_CTL, CNTP_CVAL, CNTP_TVAL) and the cycle counter (PMCCNTR, and PMCR,
/// PMCNTENSET, PMCNTENCLR and PMUSERENR that rule it). Every other register of the performance monitors and of debug is
/// UNDEFINED, and so is all of it at PL0. An answered access ends its slice early: the library cannot go on within it.
///
/// CNTVCT and CNTV_TVAL cannot be trapped at PL1 and **show the host's clock**: a guest that reads them does not
/// replay.
final class Aarch32Time {

    /// HDCR: TPM, TDA, TDOSA, TDRA, so that performance monitors and debug registers trap.
    private static final long HDCR = 0xe40;

    private static final int EC_MCR = 3;
    private static final int EC_MCRR = 4;
    private static final int PC_NUMBER = 15;
    private static final int MONITORS = 9;
    private static final int TIMERS = 14;
    private static final int UNKNOWN = -1;

    private final RegisterBatch target;
    private final TimeRegisters time;

    Aarch32Time(Unicorn engine, TimeRegisters time) {
        this.target = engine.registers(new int[2]);
        this.time = time;
    }

    static void setUp(Unicorn engine) {
        engine.writeCoprocessor(1, 4, 1, 1, HDCR);
        // CNTHCTL: neither PL1PCTEN nor PL1PCEN.
        engine.writeCoprocessor(14, 4, 1, 0, 0);
    }

    /// Performs a trapped access of PL1, if it is one that is answered.
    ///
    /// @param syndrome of the trap (DDI0487 ESR_ELx, EC 3 and 4)
    /// @param registers in the array form; what is read is written to them and to the engine
    boolean serve(int syndrome, long[] registers) {
        int first = (syndrome >> 5) & 0xf;
        boolean read = (syndrome & 1) != 0;
        int register = switch (syndrome >>> 26) {
            case EC_MCR -> narrow(syndrome);
            case EC_MCRR -> wide(syndrome);
            default -> UNKNOWN;
        };
        int second = syndrome >>> 26 == EC_MCRR ? (syndrome >> 10) & 0xf : first;
        if (register == UNKNOWN || first == PC_NUMBER || second == PC_NUMBER) {
            return false;
        }
        if (!read) {
            long high = second == first ? 0 : registers[second] << 32;
            return time.write(register, high | registers[first], true);
        }
        if (!time.read(register, true)) {
            return false;
        }
        put(0, first, time.value() & 0xffff_ffffL, registers);
        put(1, second, second == first ? time.value() & 0xffff_ffffL : time.value() >>> 32, registers);
        target.write(2);
        return true;
    }

    private void put(int k, int register, long value, long[] registers) {
        registers[register] = value;
        registers[GeneralRegisters.SP] = registers[13];
        target.setId(k, Aarch32.registerNumber(register));
        target.set(k, 0, value);
    }

    /// MRC and MCR of coprocessor 15: opc1 0, CRn 9 or 14; the AArch64 name of the same register.
    private static int narrow(int syndrome) {
        int opc1 = (syndrome >> 14) & 7;
        int crn = (syndrome >> 10) & 0xf;
        int crm = (syndrome >> 1) & 0xf;
        int opc2 = (syndrome >> 17) & 7;
        boolean known = opc1 == 0 && (crn == MONITORS || (crn == TIMERS && crm == 2));
        return known ? SystemRegister.of(3, 3, crn, crm, opc2) : UNKNOWN;
    }

    /// MRRC and MCRR of coprocessor 15: CNTPCT, CNTP_CVAL, PMCCNTR.
    private static int wide(int syndrome) {
        int opc1 = (syndrome >> 16) & 0xf;
        int crm = (syndrome >> 1) & 0xf;
        if (crm == TIMERS) {
            return switch (opc1) {
                case 0 -> SystemRegister.of(3, 3, TIMERS, 0, 1);
                case 2 -> SystemRegister.of(3, 3, TIMERS, 2, 2);
                default -> UNKNOWN;
            };
        }
        return crm == MONITORS && opc1 == 0 ? SystemRegister.of(3, 3, MONITORS, 13, 0) : UNKNOWN;
    }
}
