package dev.trapline.machine.firmware;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.ServiceFailure;

/// Checks which registers an answer writes. A caller relies on the other registers keeping their values.
///
/// A service that claims function identifiers follows the SMC Calling Convention: it returns results in x0 to x17 to
/// AArch64 and in r0 to r7 to AArch32; x18 to x30 and r8 to r14 are preserved (DEN0028, register use in AArch64 and
/// AArch32 calls). A call of another #imm, and every call of a service that claims no function identifiers, follows the
/// service's own convention: any register that the caller has.
public final class AnswerCheck {

    private static final int X0_TO_X17 = (1 << 18) - 1;
    private static final int R0_TO_R7 = (1 << 8) - 1;
    private static final int ALL_A64 = (1 << 31) - 1;
    private static final int ALL_AARCH32 = (1 << 15) - 1;

    private AnswerCheck() {}

    /// The registers that are written and must not be, one bit each; 0 if all is well.
    ///
    /// @param smccc whether the service that answers claims function identifiers
    public static int forbidden(HypercallExit call, boolean smccc, RegisterWrites registers) {
        boolean convention = smccc && call.immediate() == 0;
        boolean aarch32 = call.state().isAarch32();
        int results = aarch32 ? R0_TO_R7 : X0_TO_X17;
        int all = aarch32 ? ALL_AARCH32 : ALL_A64;
        return registers.mask() & ~(convention ? results : all);
    }

    /// The failure of the service that wrote them.
    static ServiceFailure failure(
            String service, HypercallExit call, VcpuId caller, boolean smccc, RegisterWrites registers) {
        int first = Integer.numberOfTrailingZeros(forbidden(call, smccc, registers));
        return new ServiceFailure(
                service,
                "writes " + GeneralRegisters.nameOf(first) + " in its answer to call 0x"
                        + Long.toHexString(call.registers().x(0)) + " of " + caller
                        + (smccc && call.immediate() == 0
                                ? ": the SMC Calling Convention has results in "
                                        + (call.state().isAarch32() ? "r0 to r7" : "x0 to x17") + " alone"
                                : ", which its caller does not have"),
                null);
    }
}
