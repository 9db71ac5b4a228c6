package dev.trapline.abi.smccc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.Capabilities;
import dev.trapline.abi.firmware.ServiceCall;
import org.junit.jupiter.api.Test;

class SmcccCallTest {

    private static SmcccCall call(int immediate, int functionId) {
        long[] registers = new long[GeneralRegisters.COUNT];
        for (int n = 0; n <= 30; n++) {
            registers[n] = 0x1111_1111_0000_0000L | n;
        }
        registers[0] = 0xffff_ffff_0000_0000L | Integer.toUnsignedLong(functionId);
        return new SmcccCall(new HypercallExit(
                Conduit.HVC, immediate, ExecutionState.A64, 1, 4, true, GeneralRegisters.copyOf(registers)));
    }

    @Test
    void aCallOfThe64BitConventionHasSeventeenWholeRegisters() {
        SmcccCall call = call(0, 0xc600_0001);
        assertThat(call.argument(1)).isEqualTo(0x1111_1111_0000_0001L);
        assertThat(call.argument(17)).isEqualTo(0x1111_1111_0000_0011L);
        assertThatThrownBy(() -> call.argument(18)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aCallOfThe32BitConventionHasSevenLowerHalves() {
        SmcccCall call = call(0, 0x8600_0001);
        assertThat(call.argument(1)).isEqualTo(1);
        assertThat(call.argument(7)).isEqualTo(7);
        assertThatThrownBy(() -> call.argument(8))
                .hasMessageContaining("0x86000001")
                .hasMessageContaining("x1 to x7");
        assertThatThrownBy(() -> call.argument(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anImmediateOtherThan0MakesItNoSmcccCall() {
        assertThat(call(0, 0).isSmccc()).isTrue();
        assertThat(call(1, 0xc600_0001).isSmccc()).isFalse();
    }

    @Test
    void byItselfTheViewKeepsTheSveHintAndOnAMachineThatTakesHintsItIsGone() {
        SmcccCall call = call(0, 0xc401_0003);
        assertThat(call.functionId()).isEqualTo(new FunctionId(0xc401_0003));
        assertThat(call.functionId().sveHint()).isTrue();
        assertThat(call.functionId().number()).isEqualTo(3);
        assertThat(new ServiceCall(VcpuId.BOOT, call.exit(), 0, new Fixed(FunctionId.fast64(4, 3)))
                        .smccc()
                        .functionId())
                .as("a service sees the function that the machine says is called")
                .isEqualTo(FunctionId.fast64(4, 3));
    }

    private record Fixed(FunctionId function) implements Capabilities {
        @Override
        public DecisionKind decisionOn(Conduit conduit, int immediate, int functionId, ExecutionState state) {
            return DecisionKind.FORWARDED;
        }

        @Override
        public FunctionId named(int functionId) {
            return function;
        }
    }
}
