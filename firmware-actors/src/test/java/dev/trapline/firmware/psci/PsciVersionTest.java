package dev.trapline.firmware.psci;

import static dev.trapline.firmware.Calls.MEMORY;
import static dev.trapline.firmware.Calls.hvc;
import static dev.trapline.firmware.psci.PsciMachine.context;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.RegisterWrites;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A machine's PSCI has the version of its setting.
class PsciVersionTest {

    private static final long FEATURES = 0x8400_000aL;
    private static final long CPU_ON_0_1 = 0x95c1_ba60L;
    private static final long ENTRY = 0x4008_0000L;

    private final PsciService service = new PsciService();

    private long x0(String version, boolean resident, long... x) {
        RegisterWrites writes = service.apply(
                        service.start(context(2, 16, resident, "version=" + version)), hvc(0, x), MEMORY)
                .registers();
        assertThat(writes.mask()).as("PSCI returns only x0").isEqualTo(1);
        return writes.value(0);
    }

    @ParameterizedTest(name = "{0}, resident: {1}")
    @CsvSource({
        // version; resident; PSCI_VERSION; PSCI_FEATURES of CPU_ON
        "0.1, false, -1, -1",
        "0.2, false, 0x2, -1",
        "1.0, false, 0x10000, 0",
        "1.1, false, 0x10001, 0",
        "1.2, false, 0x10002, 0",
        "1.3, false, 0x10003, 0",
        "auto, false, 0x10003, 0",
        "auto, true, 0x2, -1",
        "0.2, true, 0x2, -1"
    })
    void eachVersionSaysSoAndHasFeaturesFrom1Dot0On(String version, boolean resident, String value, long features) {
        assertThat(x0(version, resident, 0x8400_0000L)).as("PSCI_VERSION").isEqualTo(Long.decode(value));
        assertThat(x0(version, resident, FEATURES, 0xc400_0003L))
                .as("PSCI_FEATURES")
                .isEqualTo(features);
    }

    @ParameterizedTest(name = "{4}")
    @CsvSource(
            delimiter = ';',
            value = {
                // function; x1; x2; x0; why
                "0x95c1ba60; 1; 0x40080000; 0; CPU_ON is there",
                "0x95c1ba60; 0; 0x40080000; -2; 0.1 has no ALREADY_ON",
                "0x95c1ba60; 1; 0x40080001; -2; nor INVALID_ADDRESS",
                "0x95c1ba60; 9; 0x40080000; -2; no such CPU",
                "0x95c1ba5e; 0x1; 0; 0; CPU_SUSPEND is there",
                "0x95c1ba61; 0; 0; -1; MIGRATE has no Trusted OS to take elsewhere",
                "0x95c1ba62; 0; 0; -1; there is no fifth",
                "0xc4000003; 1; 0x40080000; -1; the later identifiers are not there",
                "0x84000002; 0; 0; -1; not one of them"
            })
    void version0Dot1AnswersUnderItsOwnIdentifiersAlone(
            String function, String x1, String x2, long expected, String why) {
        assertThat(x0("0.1", false, Long.decode(function), Long.decode(x1), Long.decode(x2)))
                .as(why)
                .isEqualTo(expected);
    }

    @Test
    void version0Dot1TakesWholeRegisters() {
        PsciState state = service.start(context(2, 16, false, "version=0.1"));
        assertThat(service.apply(state, hvc(0, CPU_ON_0_1, 1, ENTRY, 0x1_0000_0007L), MEMORY)
                        .effects())
                .containsExactly(new Effect.PowerOn(new VcpuId(1), ENTRY, 0x1_0000_0007L, 0));
        assertThat(service.apply(state, hvc(1, 0x95c1_ba5fL), MEMORY).effects())
                .containsExactly(new Effect.PowerOff(new VcpuId(1)));
    }

    @ParameterizedTest
    @CsvSource({"0.2", "1.1"})
    void laterVersionsDoNotAnswerUnderTheIdentifiersOf0Dot1(String version) {
        assertThat(x0(version, false, CPU_ON_0_1, 1, ENTRY)).isEqualTo(-1);
    }

    @Test
    void aVersionThatThereIsNotIsRefusedWithThoseThereAre() {
        assertThatThrownBy(() -> service.start(context(1, 1, false, "version=1.4")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'version' takes auto, 0.1, 0.2, 1.0, 1.1, 1.2, 1.3, not '1.4'");
    }

    @Test
    void aResidentPsciIsNothingBut0Dot2() {
        assertThatThrownBy(() -> service.start(context(1, 1, true, "version=1.1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is 0.2 while 'psci' is answered in place")
                .hasMessageContaining("'psci-to-user'");
    }
}
