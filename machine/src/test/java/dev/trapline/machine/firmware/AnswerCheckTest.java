package dev.trapline.machine.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.RegisterWrites;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The registers in which a service may return results. In the SMC Calling Convention these are x0 to x17 for AArch64,
/// and r0 to r7 for AArch32; all other registers are preserved (DEN0028, register use in AArch64 and AArch32 calls).
class AnswerCheckTest {

    private static final int FUNCTION = 0x8600_0001;
    private static final int REGISTERS = 31;

    @ParameterizedTest(name = "{0}, #imm {1}, a service that claims functions: {2}: registers 0 to {3}")
    @CsvSource({
        // state, #imm, claims functions, last register that may be written
        "A64, 0, true, 17",
        "A32, 0, true, 7",
        "T32, 0, true, 7",
        // A call with another #imm is not an SMCCC call: the service's own convention may use all registers of the
        // caller.
        "A64, 1, true, 30",
        "A32, 1, true, 14",
        "T32, 1, true, 14",
        "A64, 65535, true, 30",
        // So is every call of a service that claims no function identifiers.
        "A64, 0, false, 30",
        "A32, 0, false, 14",
        "T32, 0, false, 14",
        "A64, 7, false, 30",
        "T32, 7, false, 14",
    })
    void onlyResultRegistersMayBeWritten(ExecutionState state, int immediate, boolean smccc, int last) {
        for (Conduit conduit : Conduit.values()) {
            HypercallExit call = call(conduit, immediate, state);
            for (int register = 0; register < REGISTERS; register++) {
                RegisterWrites answer = RegisterWrites.x0(0).and(register, 5);
                assertThat(AnswerCheck.forbidden(call, smccc, answer))
                        .as("%s by %s, register %d", state, conduit, register)
                        .isEqualTo(register <= last ? 0 : 1 << register);
            }
        }
    }

    @Test
    void writingNothingIsAllowedAlways() {
        for (ExecutionState state : ExecutionState.values()) {
            assertThat(AnswerCheck.forbidden(call(Conduit.HVC, 0, state), true, RegisterWrites.NONE))
                    .as("from %s", state)
                    .isZero();
        }
    }

    @Test
    void everyForbiddenRegisterIsNamed() {
        RegisterWrites answer = RegisterWrites.x0(0).and(17, 1).and(18, 1).and(30, 1);
        assertThat(AnswerCheck.forbidden(call(Conduit.SMC, 0, ExecutionState.A64), true, answer))
                .as("x18 and x30, but not x17")
                .isEqualTo((1 << 18) | (1 << 30));
    }

    @Test
    void theFailureNamesServiceCallCallerAndTheFirstRegister() {
        RegisterWrites answer = RegisterWrites.x0(0).and(19, 1).and(20, 1);
        assertThat(AnswerCheck.failure("mine", call(Conduit.HVC, 0, ExecutionState.A64), new VcpuId(3), true, answer))
                .as("the error that its author must correct")
                .hasMessageContaining("mine")
                .hasMessageContaining("x19")
                .hasMessageContaining("0x86000001")
                .hasMessageContaining("vcpu3")
                .hasMessageContaining("x0 to x17");
        assertThat(AnswerCheck.failure(
                        "mine", call(Conduit.HVC, 0, ExecutionState.T32), new VcpuId(0), true, answer.and(8, 1)))
                .hasMessageContaining("r0 to r7");
        assertThat(AnswerCheck.failure("mine", call(Conduit.HVC, 9, ExecutionState.T32), new VcpuId(0), true, answer))
                .as("no convention, only the caller's registers")
                .hasMessageContaining("which its caller does not have");
    }

    private static HypercallExit call(Conduit conduit, int immediate, ExecutionState state) {
        long[] registers = new long[GeneralRegisters.COUNT];
        registers[0] = Integer.toUnsignedLong(FUNCTION);
        return new HypercallExit(conduit, immediate, state, 1, 4, true, GeneralRegisters.copyOf(registers));
    }
}
