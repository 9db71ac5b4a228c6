package dev.trapline.firmware.smccc;

import static dev.trapline.firmware.Calls.MEMORY;
import static dev.trapline.firmware.Calls.hvc;
import static dev.trapline.firmware.Calls.settingsOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.firmware.Capabilities;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.registry.CapabilityRegistry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The Arm Architecture calls (DEN0028 §7).
class SmcccServiceTest {

    private static final long ARCH_FEATURES = 0x8000_0001L;
    private static final long SOC_ID_32 = 0x8000_0002L;
    private static final long SOC_ID_64 = 0xc000_0002L;
    private static final long FEATURE_AVAILABILITY = 0xc000_0003L;
    private static final long WORKAROUND_1 = 0x8000_8000L;
    private static final long WORKAROUND_2 = 0x8000_7fffL;
    private static final long WORKAROUND_3 = 0x8000_3fffL;
    private static final long WORKAROUND_4 = 0x8000_0004L;

    private final SmcccService service = new SmcccService();

    private RegisterWrites call(List<String> settings, ServiceCall call) {
        return service.apply(service.start(settingsOf(service, settings.toArray(String[]::new))), call, MEMORY)
                .registers();
    }

    private RegisterWrites call(ServiceCall call) {
        return call(List.of(), call);
    }

    /// A function of a later version is neither reported nor implemented.
    @ParameterizedTest(name = "{0} from {1} on")
    @CsvSource({
        // function, the first version that has it, x1 (DEN0028 appendix F)
        "0x80000000, 1.1, 0", // VERSION
        "0x80000001, 1.1, 0x80000000", // ARCH_FEATURES
        "0x80000002, 1.2, 0", // SOC_ID
        "0xc0000002, 1.2, 0",
        "0xc0000003, 1.5, 0x1e1100", // FEATURE_AVAILABILITY
        "0x80008000, 1.1, 0", // WORKAROUND_1
        "0x80007fff, 1.1, 1", // WORKAROUND_2
        "0x80003fff, 1.1, 0", // WORKAROUND_3
        "0x80000003, 9.9, 0", // FEATURE_AVAILABILITY has no 32-bit identifier
        "0xc0000000, 9.9, 0", // VERSION has no 64-bit one
        "0xc0000001, 9.9, 0x80000000",
        "0x80000005, 9.9, 0",
        "0xc0000005, 9.9, 0", // CLEAN_INV_MEMREGION
        "0x8000ffff, 9.9, 0"
    })
    void aFunctionIsThereFromItsVersionOn(String function, String since, String x1) {
        for (String version : List.of("1.0", "1.1", "1.2", "1.3", "1.4", "1.5")) {
            boolean there = version.compareTo(since) >= 0;
            List<String> settings = List.of("version", version);
            RegisterWrites called = call(settings, hvc(0, Long.decode(function), Long.decode(x1)));
            RegisterWrites told = call(settings, hvc(0, ARCH_FEATURES, Long.decode(function)));
            assertThat(called.equals(RegisterWrites.x0(-1)))
                    .as("%s under %s: %s", function, version, called)
                    .isEqualTo(!there);
            assertThat(told.equals(RegisterWrites.x0(-1)))
                    .as("ARCH_FEATURES of %s under %s: %s", function, version, told)
                    .isEqualTo(!there);
        }
    }

    @ParameterizedTest
    @CsvSource({"1.0, -1", "1.1, 0x10001", "1.2, 0x10002", "1.3, 0x10003", "1.4, 0x10004", "1.5, 0x10005"})
    void versionIsTheOneOfTheSettingAnd10HasNone(String version, String expected) {
        assertThat(call(List.of("version", version), hvc(0, 0x8000_0000L)))
                .isEqualTo(RegisterWrites.x0(Long.decode(expected)));
    }

    /// In SMCCC 1.0, a call may change x4 to x17. Keeping them is allowed, and Trapline does so in every version.
    @Test
    void aMachineOfVersion10AnswersInX0Alone() {
        for (long function : new long[] {0x8000_0000L, ARCH_FEATURES, SOC_ID_64, WORKAROUND_1, 0x8000_1234L}) {
            assertThat(call(List.of("version", "1.0"), hvc(0, function, 0))).isEqualTo(RegisterWrites.x0(-1));
        }
    }

    @ParameterizedTest(name = "{2}")
    @CsvSource(
            delimiter = ';',
            value = {
                "0x80000000; 0; VERSION must be there",
                "0x80000001; 0; so must ARCH_FEATURES",
                "0x80000002; 0; SOC_ID is",
                "0xc0000003; 0; FEATURE_AVAILABILITY is",
                "0x80008000; 0; a Cortex-A57 needs the first workaround",
                "0x80007fff; -2; it is mitigated for good against what the second is for",
                "0x80003fff; 0; it needs the third",
                "0x80000004; -1; and not the fourth, which has no other answer for that",
                "0xc5000020; 0; PV_TIME_FEATURES is asked about here (DEN0057)",
                "0xc5000021; -1; PV_TIME_ST is not: PV_TIME_FEATURES tells of it",
                "0x84000000; -1; PSCI is not",
                "0xc4000053; -1; TRNG_RND64 is not",
                "0x8500ff01; -1; nor is a general query",
                "0x80010000; -1; an argument is no call: it has no hint"
            })
    void archFeaturesAnswersForEachCall(String asked, long expected, String why) {
        assertThat(call(hvc(0, ARCH_FEATURES, Long.decode(asked)))).as(why).isEqualTo(RegisterWrites.x0(expected));
    }

    @Test
    void archFeaturesAgreesWithWhatIsReached() {
        Capabilities noPvTime = (_, _, function, _) ->
                function >>> 24 == 0xc5 ? Capabilities.DecisionKind.DENIED : Capabilities.DecisionKind.RESIDENT;
        assertThat(call(hvc(noPvTime, 0, ARCH_FEATURES, 0xc500_0020L))).isEqualTo(RegisterWrites.x0(-1));
        ServiceCall fromA32 = hvc(ExecutionState.A32, 0, ARCH_FEATURES, FEATURE_AVAILABILITY);
        Capabilities registry = CapabilityRegistry.of(List.of(service.descriptor()), Policy.DEFAULT);
        assertThat(call(new ServiceCall(fromA32.caller(), fromA32.exit(), 0, registry)))
                .as("a 64-bit function cannot be called from AArch32")
                .isEqualTo(RegisterWrites.x0(-1));
    }

    @ParameterizedTest(name = "{3}")
    @CsvSource(
            delimiter = ';',
            value = {
                "0x80000002; 0; 0x06510042; version",
                "0x80000002; 1; 7; revision",
                "0x80000002; 2; -3; the name does not fit into w registers",
                "0x80000002; 3; -3; there is no such type",
                "0xc0000002; 0; 0x06510042; version by SMC64",
                "0xc0000002; 1; 7; revision by SMC64",
                "0xc0000002; 3; -3; nor here",
                "0xc0000002; 0x100000001; 7; the type has 32 bits in SMC64 too",
                "0x80000002; 0x100000001; 7; SMC32 takes w1"
            })
    void socIdTellsTheSettings(String function, String type, String expected, String why) {
        assertThat(call(
                        List.of("soc-version", "0x06510042", "soc-revision", "7"),
                        hvc(0, Long.decode(function), Long.decode(type))))
                .as(why)
                .isEqualTo(RegisterWrites.x0(Long.decode(expected)));
    }

    @Test
    void theNameOfTheSocFillsX1ToX17FirstByteLowest() {
        RegisterWrites named = call(List.of("soc-name", "Board 9000"), hvc(0, SOC_ID_64, 2));
        assertThat(named.mask()).as("x0 to x17").isEqualTo(0x3_ffff);
        assertThat(named.value(0)).as("SUCCESS").isZero();
        assertThat(named.value(1)).as("'Board 90'").isEqualTo(0x3039_2064_7261_6f42L);
        assertThat(named.value(2)).as("'00' and zeros").isEqualTo(0x3030L);
        for (int n = 3; n <= 17; n++) {
            assertThat(named.value(n)).as("x%d", n).isZero();
        }
    }

    @Test
    void theLongestNameLeavesRoomForItsEnd() {
        String longest = "0123456789".repeat(13) + "abcde";
        RegisterWrites named = call(List.of("soc-name", longest), hvc(0, SOC_ID_64, 2));
        byte[] bytes = new byte[136];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (named.value(1 + i / 8) >>> (i % 8 * 8));
        }
        assertThat(new String(bytes, StandardCharsets.US_ASCII)).isEqualTo(longest + "\0");
    }

    @Test
    void aMachineCanDoWithoutSocIdOrItsName() {
        assertThat(call(List.of("soc-name", ""), hvc(0, SOC_ID_64, 2)))
                .as("no name")
                .isEqualTo(RegisterWrites.x0(-1));
        List<String> none = List.of("soc-version", "none");
        assertThat(call(none, hvc(0, SOC_ID_32, 0))).isEqualTo(RegisterWrites.x0(-1));
        assertThat(call(none, hvc(0, ARCH_FEATURES, SOC_ID_32))).isEqualTo(RegisterWrites.x0(-1));
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource({
        // setting, value, identifier, ARCH_FEATURES, whether it can be called (DEN0028 tables 7-3 to 7-5)
        "workaround-1, required, 0x80008000, 0, true",
        "workaround-1, not-needed, 0x80008000, 1, true",
        "workaround-2, required, 0x80007fff, 0, true",
        "workaround-2, not-needed, 0x80007fff, 1, true",
        "workaround-2, not-required, 0x80007fff, -2, true",
        "workaround-2, none, 0x80007fff, -1, false",
        "workaround-3, required, 0x80003fff, 0, true",
        "workaround-3, not-needed, 0x80003fff, 1, true",
        "workaround-3, none, 0x80003fff, -1, false",
        "workaround-4, required, 0x80000004, 0, true",
        "workaround-4, none, 0x80000004, -1, false"
    })
    void aWorkaroundIsReportedAsSetAndReturnsNothing(
            String setting, String value, String function, long features, boolean there) {
        List<String> settings = List.of(setting, value);
        assertThat(call(settings, hvc(0, ARCH_FEATURES, Long.decode(function)))).isEqualTo(RegisterWrites.x0(features));
        assertThat(call(settings, hvc(0, Long.decode(function), 1)))
                .as("no register is written, not even x0")
                .isEqualTo(there ? RegisterWrites.NONE : RegisterWrites.x0(-1));
    }

    @ParameterizedTest(name = "{0}: {1}, {2}, {3}, {4}")
    @CsvSource({
        // model, WORKAROUND_1 to 4; then the same with if-required
        "CORTEX_A53, 1, -2, 1, -1, auto",
        "CORTEX_A57, 0, -2, 0, -1, auto",
        "CORTEX_A72, 0, -2, 0, -1, auto",
        "CORTEX_A53, -1, -2, -1, -1, if-required",
        "CORTEX_A57, 0, -2, 0, -1, if-required",
        "CORTEX_A72, 0, -2, 0, -1, if-required"
    })
    void theCpuModelDecidesWhichWorkaroundsThereAre(
            CpuModel model, long first, long second, long third, long fourth, String setting) {
        ServiceContext plain = settingsOf(
                service,
                "workaround-1",
                setting,
                "workaround-2",
                setting,
                "workaround-3",
                setting,
                "workaround-4",
                setting);
        SmcccConfig config = service.start(new ServiceContext(plain.topology(), model, true, false, plain.settings()));
        long[] expected = {first, second, third, fourth};
        long[] functions = {WORKAROUND_1, WORKAROUND_2, WORKAROUND_3, WORKAROUND_4};
        for (int k = 0; k < functions.length; k++) {
            assertThat(service.apply(config, hvc(0, ARCH_FEATURES, functions[k]), MEMORY)
                            .registers())
                    .as("WORKAROUND_%d of a %s", k + 1, model)
                    .isEqualTo(RegisterWrites.x0(expected[k]));
            assertThat(service.offers(config, new FunctionId((int) functions[k]), MEMORY))
                    .as("WORKAROUND_%d is implemented", k + 1)
                    .isEqualTo(expected[k] != -1);
        }
    }

    @Test
    void withoutWorkaround1ThereIsNoWorkaround3() {
        List<String> neither = List.of("workaround-1", "none", "workaround-3", "none");
        for (long function : new long[] {WORKAROUND_1, WORKAROUND_3}) {
            assertThat(call(neither, hvc(0, ARCH_FEATURES, function))).isEqualTo(RegisterWrites.x0(-1));
        }
        assertThatThrownBy(() -> call(List.of("workaround-1", "none"), hvc(0, WORKAROUND_2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'workaround-3'");
        assertThat(call(hvc(0, WORKAROUND_4))).as("by default").isEqualTo(RegisterWrites.x0(-1));
    }

    @ParameterizedTest(name = "{3}")
    @CsvSource(
            delimiter = ';',
            value = {
                "0x1e1100; 0; 0; SCR_EL3: Armv8.0 has none of its features",
                "0x1e1140; 0; 0x80000400; CPTR_EL3: CPACR_EL1, floating point and SIMD do not trap",
                "0x1e1320; 0; 0x640; MDCR_EL3: neither do debug registers, OS lock and performance monitors",
                "0x1ea500; 0; 0; MPAM3_EL3: Armv8.0 has no MPAM",
                "0; -3; 0; no register",
                "0x1e1120; -3; 0; SDER32_EL3 has no mask"
            })
    void featureAvailabilityHasAMaskForEachRegister(String selector, long x0, String x1, String why) {
        assertThat(call(hvc(0, FEATURE_AVAILABILITY, Long.decode(selector))))
                .as(why)
                .isEqualTo(RegisterWrites.fromX0(x0, Long.decode(x1)));
    }

    @ParameterizedTest
    @CsvSource({
        "version, 2.0",
        "version, 1",
        "soc-version, 0x80000000",
        "soc-version, -1",
        "soc-version, some",
        "soc-revision, none",
        "workaround-1, not-required",
        "workaround-2, maybe",
        "workaround-4, not-needed",
        "standard-secure-uid, 12345678",
        "standard-hyp-uid, ffffffff-0000-0000-0000-000000000000"
    })
    void aSettingThatIsNotUnderstoodIsNamed(String key, String value) {
        assertThatThrownBy(() -> call(List.of(key, value), hvc(0, 0x8000_0000L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + key + "' takes")
                .hasMessageContaining("'" + value + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "M\u00fcnchen"})
    void aNameIsPrintableAscii(String name) {
        assertThatThrownBy(() -> call(List.of("soc-name", name), hvc(0, SOC_ID_64, 2)))
                .hasMessageContaining("'soc-name' takes");
        assertThatThrownBy(() -> call(List.of("soc-name", "x".repeat(136)), hvc(0, SOC_ID_64, 2)))
                .as("136 leave no room for the end")
                .hasMessageContaining("'soc-name' takes");
    }
}
