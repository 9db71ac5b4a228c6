package dev.trapline.unicorn.slice;

import dev.trapline.board.cpu.SystemRegister;
import dev.trapline.unicorn.ffi.Unicorn;

/// Hardware breakpoints and watchpoints. A guest can write and read them, but they are never hit.
///
/// When they are written, the library drops translations, including the running one, which crashes the process. A
/// watchpoint that is hit makes `uc_emu_start` hang. So a write only sets the register's field.
public final class DebugRegisters {

    private static final int ID_AA64DFR0_EL1 = SystemRegister.of(3, 0, 0, 5, 0);

    private final Unicorn engine;
    private final long breakpoints;
    private final long watchpoints;

    public DebugRegisters(Unicorn engine) {
        this.engine = engine;
        long features = engine.readSystem(ID_AA64DFR0_EL1);
        this.breakpoints = ((features >> 12) & 0xf) + 1;
        this.watchpoints = ((features >> 20) & 0xf) + 1;
    }

    /// Whether a register is DBGBVR, DBGBCR, DBGWVR or DBGWCR, and the CPU has it: op0 2, op1 0, CRn 0, op2 4 to 7,
    /// and CRm its number.
    boolean concerns(int register) {
        int op2 = SystemRegister.op2(register);
        return SystemRegister.op0(register) == 2
                && SystemRegister.op1(register) == 0
                && SystemRegister.crn(register) == 0
                && op2 >= 4
                && SystemRegister.crm(register) < (op2 < 6 ? breakpoints : watchpoints);
    }

    /// Sets the register and nothing else.
    void write(int register, long value) {
        engine.writeSystem(register, value);
    }
}
