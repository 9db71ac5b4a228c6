package dev.trapline.vcpu;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.ServiceFailure;

/// Which registers an answer may write. A caller relies on the others keeping their values.
///
/// An SMCCC call returns results in x0 to x17 from AArch64 and in r0 to r7 from AArch32; x18 to x30 and r8 to r14 are
/// preserved (DEN0028, register use in AArch64 and AArch32 calls). A call of another #imm follows its service's own
/// convention: any register that its caller has.
final class AnswerCheck {

    private static final int X0_TO_X17 = (1 << 18) - 1;
    private static final int R0_TO_R7 = (1 << 8) - 1;
    private static final int ALL_A64 = (1 << 31) - 1;
    private static final int ALL_AARCH32 = (1 << 15) - 1;

    private AnswerCheck() {}

    /// The registers that are written and must not be, one bit each; 0 if all is well.
    static int forbidden(HypercallExit call, RegisterWrites registers) {
        boolean smccc = call.immediate() == 0;
        int allowed = call.state().isAarch32() ? (smccc ? R0_TO_R7 : ALL_AARCH32) : (smccc ? X0_TO_X17 : ALL_A64);
        return registers.mask() & ~allowed;
    }

    /// The failure of the service that wrote them.
    static ServiceFailure failure(String service, HypercallExit call, VcpuId caller, RegisterWrites registers) {
        int first = Integer.numberOfTrailingZeros(forbidden(call, registers));
        return new ServiceFailure(
                service,
                "writes " + GeneralRegisters.nameOf(first) + " in its answer to call 0x"
                        + Long.toHexString(call.registers().x(0)) + " of " + caller
                        + (call.immediate() == 0
                                ? ": the SMC Calling Convention has results in "
                                        + (call.state().isAarch32() ? "r0 to r7" : "x0 to x17") + " alone"
                                : ", which its caller does not have"),
                null);
    }
}
