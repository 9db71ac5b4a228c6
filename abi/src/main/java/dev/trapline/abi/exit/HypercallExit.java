package dev.trapline.abi.exit;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;

/// A guest executed SMC or HVC. The neutral message: it assumes no calling convention.
///
/// @param conduit which of the two instructions
/// @param immediate the instruction's #imm: 16 bits in A64 and for A32 HVC, 4 bits for AArch32 SMC
/// @param state the instruction set it was executed in
/// @param exceptionLevel the exception level it was executed at, 0 to 3
/// @param instructionWidth bytes of the instruction, 2 or 4
/// @param conditionPassed whether its condition check passed; always true in A64
/// @param bigEndianExceptions SCTLR_EL1.EE, on AArch32 SCTLR.EE: see [#dataOrder]
/// @param registers all general registers, PC at the next instruction
public record HypercallExit(
        Conduit conduit,
        int immediate,
        ExecutionState state,
        int exceptionLevel,
        int instructionWidth,
        boolean conditionPassed,
        boolean bigEndianExceptions,
        GeneralRegisters registers)
        implements Exit {

    private static final long CPSR_E = 1 << 9;

    /// A call by a caller whose SCTLR_EL1.EE, on AArch32 SCTLR.EE, is 0.
    public HypercallExit(
            Conduit conduit,
            int immediate,
            ExecutionState state,
            int exceptionLevel,
            int instructionWidth,
            boolean conditionPassed,
            GeneralRegisters registers) {
        this(conduit, immediate, state, exceptionLevel, instructionWidth, conditionPassed, false, registers);
    }

    /// The same, with other registers.
    public HypercallExit with(GeneralRegisters others) {
        return new HypercallExit(
                conduit,
                immediate,
                state,
                exceptionLevel,
                instructionWidth,
                conditionPassed,
                bigEndianExceptions,
                others);
    }

    /// The byte order of the caller's data accesses.
    public DataOrder dataOrder() {
        boolean now = state.isAarch32() ? (registers.pstate() & CPSR_E) != 0 : bigEndianExceptions;
        return DataOrder.of(now, bigEndianExceptions);
    }

    /// Address of the SMC or HVC itself.
    public long pc() {
        return registers.pc() - instructionWidth;
    }

    /// Address of the next instruction, where the guest continues.
    public long nextPc() {
        return registers.pc();
    }
}
