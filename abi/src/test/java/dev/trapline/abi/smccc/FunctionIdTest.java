package dev.trapline.abi.smccc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FunctionIdTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // id, fast, 64-bit, owner, number, SVE hint (DEN0028 2.5)
        "80000000, true, false, 0, 0000, false",
        "c4000003, true, true, 4, 0003, false",
        "84000003, true, false, 4, 0003, false",
        "86001000, true, false, 6, 1000, false",
        "c6001000, true, true, 6, 1000, false",
        "bf00ff01, true, false, 63, ff01, false",
        "80010000, true, false, 0, 0000, true",
        "00010000, false, false, 0, 0000, false",
        "32000001, false, false, 50, 0001, false"
    })
    void theFieldsAreWhereTheConventionHasThem(
            String id, boolean fast, boolean wide, int owner, String number, boolean sve) {
        FunctionId function = new FunctionId(Integer.parseUnsignedInt(id, 16));
        assertThat(function.isFast()).isEqualTo(fast);
        assertThat(function.is64()).isEqualTo(wide);
        assertThat(function.owner()).isEqualTo(owner);
        assertThat(function.number()).isEqualTo(Integer.parseInt(number, 16));
        assertThat(function.sveHint()).isEqualTo(sve);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "84010003, 84000003, a fast call",
        "c4010003, c4000003, of either width",
        "84030003, 84030003, with another reserved bit it is no hint",
        "95c1ba5f, 95c1ba5f, nor in CPU_OFF of PSCI 0.1",
        "84000003, 84000003, without the hint",
        "04010003, 04010003, a yielding call has none"
    })
    void withoutTheHintItIsTheSameFunction(String id, String expected, String why) {
        assertThat(FunctionId.withoutSveHint(Integer.parseUnsignedInt(id, 16)))
                .as(why)
                .isEqualTo(Integer.parseUnsignedInt(expected, 16));
    }

    @Test
    void a32BitCallSeesOnlyTheLowHalves() {
        assertThat(call(0x8400_0003L).argument(1)).isEqualTo(0x5566_7788L);
        assertThat(call(0xc400_0003L).argument(1)).isEqualTo(0x1122_3344_5566_7788L);
        assertThat(call(0xffff_ffff_8400_0003L).functionId())
                .as("the identifier is w0, whatever stands above it")
                .isEqualTo(new FunctionId(0x8400_0003));
    }

    private static SmcccCall call(long x0) {
        long[] registers = new long[GeneralRegisters.COUNT];
        registers[0] = x0;
        registers[1] = 0x1122_3344_5566_7788L;
        return new SmcccCall(
                new HypercallExit(Conduit.HVC, 0, ExecutionState.A64, 1, 4, true, GeneralRegisters.copyOf(registers)));
    }
}
