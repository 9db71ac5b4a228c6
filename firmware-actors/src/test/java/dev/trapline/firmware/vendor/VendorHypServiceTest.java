package dev.trapline.firmware.vendor;

import static dev.trapline.firmware.Calls.MEMORY;
import static dev.trapline.firmware.Calls.hvc;
import static dev.trapline.firmware.Calls.machineOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.registry.Action;
import dev.trapline.abi.registry.CapabilityRegistry;
import dev.trapline.abi.registry.Functions;
import dev.trapline.abi.registry.Match;
import dev.trapline.abi.registry.Policy;
import dev.trapline.abi.registry.Rule;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.firmware.FirmwareServices;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VendorHypServiceTest {

    private static final long FEATURES = 0x8600_0000L;
    private static final long UID = 0x8600_ff01L;
    private static final long QUERY_64 = 0xc600_1001L;
    private static final long QUERY_32 = 0x8600_1001L;
    private static final Policy POLICY = Policy.DEFAULT
            .withResident("smccc")
            .withRules(List.of(new Rule(
                    Match.of(new Functions.One(new FunctionId(0xc400_0003))), new Action.Deny(), "machine.conf: 7")));

    private final VendorHypService service = new VendorHypService();

    private RegisterWrites call(Policy policy, long... x) {
        List<ServiceDescriptor> services = FirmwareServices.onClassPath().stream()
                .<ServiceDescriptor>map(FirmwareService::descriptor)
                .toList();
        return service.apply(service.start(machineOf(1)), hvc(CapabilityRegistry.of(services, policy), 0, x), MEMORY)
                .registers();
    }

    @Test
    void theIdentityIsTheDocumentedOneInTheOrderOfItsBytes() {
        // 7a3c9e52-41d8-4b0f-9a6e-5d1f8c2b7e34
        assertThat(call(POLICY, UID))
                .isEqualTo(RegisterWrites.fromX0(0x529e3c7aL, 0x0f4bd841L, 0x1f5d6e9aL, 0x347e2b8cL));
    }

    @Test
    void featuresHaveABitForEachCallThatIsThere() {
        assertThat(call(POLICY, FEATURES)).as("features, exit, query").isEqualTo(RegisterWrites.x0(0x3_0001));
        assertThat(call(POLICY.with("exit", false), FEATURES))
                .as("without exit")
                .isEqualTo(RegisterWrites.x0(0x2_0001));
    }

    @ParameterizedTest(name = "{4}")
    @CsvSource(
            delimiter = ';',
            value = {
                // function; x1; x2; x0; why
                "0xc6001001; 0x1; 0xc4000003; 0; CPU_ON is denied by a rule",
                "0xc6001001; 0x1; 0x84000003; 2; CPU_ON of 32 bits goes to an actor",
                "0xc6001001; 0x0; 0x80000000; 1; SMCCC_VERSION is resident, by SMC too",
                "0xc6001001; 0x1; 0xc5000022; 0; nobody claims what follows PV time",
                "0xc6001001; 0x4a480001; 0x0; 2; HVC #0x4a48 is the mailbox's",
                "0xc6001001; 0x4a480000; 0x0; 0; SMC #0x4a48 is nobody's",
                "0xc6001001; 0x100000001; 0xc6001000; 0; a 64-bit function from A32",
                "0xc6001001; 0x200000001; 0x84000000; 2; PSCI_VERSION from T32",
                "0xc6001001; 0x2; 0x84000000; -3; there is no third conduit",
                "0xc6001001; 0x300000001; 0x84000000; -3; there is no fourth execution state",
                "0xc6001001; 0x1; 0x184000000; -3; a function identifier has 32 bits",
                "0x86001001; 0x4a480001; 0x0; 2; the form for 32 bits",
                "0x86001001; 0xffffffff00000001; 0xffffffff84000003; 2; which sees lower halves alone"
            })
    void capabilityQuerySaysWhatWouldBecomeOfACall(String function, String x1, String x2, long expected, String why) {
        assertThat(call(
                        POLICY,
                        Long.decode(function),
                        Long.parseUnsignedLong(x1.substring(2), 16),
                        Long.parseUnsignedLong(x2.substring(2), 16)))
                .as(why)
                .isEqualTo(RegisterWrites.x0(expected));
    }

    @Test
    void inTheFormFor32BitsTheStateIsInW3() {
        assertThat(call(POLICY, QUERY_32, 1, 0xc600_1000L, 1)).as("from A32").isEqualTo(RegisterWrites.x0(0));
        assertThat(call(POLICY, QUERY_32, 1, 0xc600_1000L, 0)).as("from A64").isEqualTo(RegisterWrites.x0(2));
        assertThat(call(POLICY, QUERY_32, 1, 0xc600_1000L, 3)).as("no state").isEqualTo(RegisterWrites.x0(-3));
    }

    @Test
    void theQueryItselfIsACallLikeAnyOther() {
        assertThat(call(POLICY, QUERY_64, 1, QUERY_64)).isEqualTo(RegisterWrites.x0(2));
        assertThat(call(POLICY.withResident("vendor-hyp"), QUERY_64, 1, QUERY_64))
                .isEqualTo(RegisterWrites.x0(1));
    }
}
