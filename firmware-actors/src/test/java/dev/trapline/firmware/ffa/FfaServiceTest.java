package dev.trapline.firmware.ffa;

import static dev.trapline.firmware.Calls.MEMORY;
import static dev.trapline.firmware.Calls.hvc;
import static dev.trapline.firmware.Calls.settingsOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.firmware.Capabilities;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.smccc.FunctionId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Identifiers and codes of DEN0077.
class FfaServiceTest {

    private static final long ERROR = 0x8400_0060L;
    private static final long SUCCESS = 0x8400_0061L;
    private static final long VERSION = 0x8400_0063L;
    private static final long FEATURES = 0x8400_0064L;
    private static final long RXTX_MAP_64 = 0xc400_0066L;
    private static final long ID_GET = 0x8400_0069L;

    private static final RegisterWrites REFUSED = w0AndW2(-1, 0);
    private static final RegisterWrites NOT_SUPPORTED = w0AndW2(ERROR, 0xffff_ffffL);

    private final FfaService service = new FfaService();

    private static RegisterWrites w0AndW2(long w0, long w2) {
        return RegisterWrites.fromX0(w0, 0, w2, 0, 0, 0, 0, 0);
    }

    /// A machine with FF-A switched on by name.
    private FfaState started(String... settings) {
        ServiceContext plain = settingsOf(service, settings);
        return service.start(new ServiceContext(plain.topology(), plain.cpuModel(), false, true, plain.settings()));
    }

    @Test
    void aMachineThatNobodyAsksForFfaHasNone() {
        for (FfaState none : new FfaState[] {service.start(settingsOf(service)), started("version", "none")}) {
            for (long asked : new long[] {0, 0x1_0000, 0x1_0001, 0x1_0002, 0x2_0000, 0x8000_0000L}) {
                assertThat(call(none, hvc(0, VERSION, asked)).registers())
                        .as("FFA_VERSION of 0x%x", asked)
                        .isEqualTo(REFUSED);
            }
            for (long function : new long[] {FEATURES, ID_GET, RXTX_MAP_64, SUCCESS}) {
                assertThat(call(none, hvc(0, function, VERSION)).registers())
                        .as("0x%x", function)
                        .isEqualTo(NOT_SUPPORTED);
            }
            assertThat(service.offers(none, new FunctionId((int) VERSION), MEMORY))
                    .as("FEATURES does not report it")
                    .isFalse();
        }
    }

    @Test
    void aVersionInTheSettingsAsksForFfaToo() {
        FfaState state = service.start(settingsOf(service, "version", "1.2"));
        assertThat(call(state, hvc(0, VERSION, 0x1_0002)).registers()).isEqualTo(w0AndW2(0x1_0002, 0));
    }

    private Reply<FfaState> call(FfaState state, ServiceCall call) {
        return service.apply(state, call, MEMORY);
    }

    @ParameterizedTest(name = "{0}, asked for {1}: {3}")
    @CsvSource(
            delimiter = ';',
            value = {
                "1.1; 0x10001; 0x10001; the same version",
                "1.1; 0x10000; 0x10001; a caller of 1.0 is compatible",
                "1.1; 0x10002; 0x10001; a caller of 1.2 may come back with 1.1",
                "1.1; 0x00000; -1; version 0.0 is of another major",
                "1.1; 0x20000; -1; so is 2.0",
                "1.1; 0x80010001; -1; bit 31 must be zero",
                "1.0; 0x20000; 0x10000; 1.0 tells its version to everyone",
                "1.0; 0x00000; 0x10000; to 0.0 as well",
                "1.0; 0x80010000; -1; but not where bit 31 is set",
                "1.2; 0x10001; 0x10002; a machine of 1.2"
            })
    void versionIsNegotiatedByMajorVersion(String version, String asked, String expected, String why) {
        assertThat(call(started("version", version), hvc(0, VERSION, Long.decode(asked)))
                        .registers())
                .as(why)
                .isEqualTo(w0AndW2(Long.decode(expected), 0));
    }

    @Test
    void theVersionIsOpenToChangeUntilAnotherCallIsMade() {
        FfaState asked = call(started(), hvc(0, VERSION, 0x1_0001)).state();
        Reply<FfaState> again = call(asked, hvc(0, VERSION, 0x1_0000));
        assertThat(again.registers()).as("no other call was made").isEqualTo(w0AndW2(0x1_0001, 0));
        FfaState settled = call(again.state(), hvc(0, ID_GET)).state();
        assertThat(call(settled, hvc(0, VERSION, 0x1_0001)).registers())
                .as("1.0 was negotiated")
                .isEqualTo(REFUSED);
        assertThat(call(settled, hvc(0, VERSION, 0x1_0000)).registers())
                .as("which may be requested again")
                .isEqualTo(w0AndW2(0x1_0001, 0));
        FfaState early = call(started(), hvc(0, ID_GET)).state();
        assertThat(call(early, hvc(0, VERSION, 0x1_0000)).registers())
                .as("no version was negotiated before")
                .isEqualTo(w0AndW2(0x1_0001, 0));
    }

    @ParameterizedTest(name = "{3}")
    @CsvSource(
            delimiter = ';',
            value = {
                "0x84000060; 0; yes; FFA_ERROR",
                "0x84000061; 0; yes; FFA_SUCCESS",
                "0x84000063; 0; yes; FFA_VERSION",
                "0x84000064; 0; yes; FFA_FEATURES",
                "0x84000069; 0; yes; FFA_ID_GET",
                "0xc4000063; 0; no; FFA_VERSION has no 64-bit identifier",
                "0xc4000066; 0; no; FFA_RXTX_MAP",
                "0x84000068; 0; no; FFA_PARTITION_INFO_GET",
                "0x84000003; 0; no; PSCI is not asked about here",
                "0x1; 0; no; the notification pending interrupt",
                "0x2; 1; no; a feature with input properties: NOT_SUPPORTED is the one error that there is",
                "0x1; 0xffffffff; no; whatever they are",
                "0x7fffffff; 1; no; the last feature"
            })
    void featuresReportsTheFunctionsThatExist(String asked, String properties, String expected, String why) {
        assertThat(call(started(), hvc(0, FEATURES, Long.decode(asked), Long.decode(properties)))
                        .registers())
                .as(why)
                .isEqualTo(
                        switch (expected) {
                            case "yes" -> w0AndW2(SUCCESS, 0);
                            default -> NOT_SUPPORTED;
                        });
    }

    @Test
    void featuresKnowsWhatIsDenied() {
        Capabilities none = (_, _, _, _) -> Capabilities.DecisionKind.DENIED;
        assertThat(call(started(), hvc(none, 0, FEATURES, ID_GET)).registers()).isEqualTo(NOT_SUPPORTED);
    }

    @Test
    void idGetReturnsTheGuestsIdentifierInW2() {
        assertThat(call(started(), hvc(0, ID_GET)).registers()).isEqualTo(w0AndW2(SUCCESS, 0));
        assertThat(call(started("endpoint-id", "0x7fff"), hvc(0, ID_GET)).registers())
                .isEqualTo(w0AndW2(SUCCESS, 0x7fff));
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                ERROR,
                SUCCESS,
                0xc400_0061L,
                0x8400_0062L,
                0xc400_0063L,
                0xc400_0064L,
                0x8400_0065L,
                0x8400_0066L,
                RXTX_MAP_64,
                0x8400_0068L,
                0xc400_0069L,
                0x8400_0097L,
                0xc400_0097L
            })
    void everyOtherCallIsAnErrorInW2NotInW0(long function) {
        assertThat(call(started(), hvc(0, function, 1, 2, 3)).registers()).isEqualTo(NOT_SUPPORTED);
    }

    /// The calls of Linux's drivers/firmware/arm_ffa: version, identifier, buffers. It stops at the buffers.
    @Test
    void theProbeOfLinuxEndsAtTheBuffers() {
        Reply<FfaState> version = call(started(), hvc(0, VERSION, 0x1_0002));
        assertThat(version.registers()).isEqualTo(w0AndW2(0x1_0001, 0));
        Reply<FfaState> id = call(version.state(), hvc(0, ID_GET));
        assertThat(id.registers()).isEqualTo(w0AndW2(SUCCESS, 0));
        Reply<FfaState> size = call(id.state(), hvc(0, FEATURES, RXTX_MAP_64));
        assertThat(size.registers()).isEqualTo(NOT_SUPPORTED);
        assertThat(call(size.state(), hvc(0, RXTX_MAP_64, 0x4100_0000L, 0x4100_1000L, 1))
                        .registers())
                .isEqualTo(NOT_SUPPORTED);
    }

    @ParameterizedTest
    @CsvSource({"version, 2.0", "version, ''", "endpoint-id, 32768", "endpoint-id, -1", "endpoint-id, me"})
    void aSettingThatIsNotUnderstoodIsNamed(String key, String value) {
        assertThatThrownBy(() -> started(key, value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + key + "' takes")
                .hasMessageContaining("'" + value + "'");
    }
}
