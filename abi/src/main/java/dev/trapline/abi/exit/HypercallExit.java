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
/// @param registers all general registers, PC at the next instruction
public record HypercallExit(
        Conduit conduit,
        int immediate,
        ExecutionState state,
        int exceptionLevel,
        int instructionWidth,
        boolean conditionPassed,
        GeneralRegisters registers)
        implements Exit {

    /// Address of the SMC or HVC itself.
    public long pc() {
        return registers.pc() - instructionWidth;
    }

    /// Address of the instruction after it, where the guest goes on.
    public long nextPc() {
        return registers.pc();
    }
}
