package dev.trapline.firmware.vendor;

import static dev.trapline.firmware.Calls.MEMORY;
import static dev.trapline.firmware.Calls.hvc;
import static dev.trapline.firmware.Calls.settingsOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.policy.Action;
import dev.trapline.abi.policy.Functions;
import dev.trapline.abi.policy.Match;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.policy.Rule;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.firmware.FirmwareServices;
import dev.trapline.registry.CapabilityRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VendorHypServiceTest {

    private static final long FEATURES = 0x8600_0000L;
    private static final long UID = 0x8600_ff01L;
    private static final long REVISION = 0x8600_ff03L;
    private static final long QUERY_64 = 0xc600_1001L;
    private static final long QUERY_32 = 0x8600_1001L;
    private static final Policy POLICY = Policy.DEFAULT
            .withResident("smccc")
            .withRules(List.of(new Rule(
                    Match.of(new Functions.One(new FunctionId(0xc400_0003))), new Action.Deny(), "machine.conf: 7")));

    private final VendorHypService service = new VendorHypService();

    private RegisterWrites call(Policy policy, long... x) {
        return call("trapline", ExecutionState.A64, policy, x);
    }

    private RegisterWrites call(String uid, ExecutionState state, Policy policy, long... x) {
        List<ServiceDescriptor> services = FirmwareServices.onClassPath().stream()
                .<ServiceDescriptor>map(FirmwareService::descriptor)
                .toList();
        ServiceCall call = hvc(state, 0, x);
        return service.apply(
                        service.start(settingsOf(service, "uid", uid)),
                        new ServiceCall(
                                call.caller(), call.exit(), call.time(), CapabilityRegistry.of(services, policy)),
                        MEMORY)
                .registers();
    }

    @Test
    void theIdentityIsTheDocumentedOneInTheOrderOfItsBytes() {
        // 7a3c9e52-41d8-4b0f-9a6e-5d1f8c2b7e34
        assertThat(call(POLICY, UID))
                .isEqualTo(RegisterWrites.fromX0(0x529e3c7aL, 0x0f4bd841L, 0x1f5d6e9aL, 0x347e2b8cL));
    }

    /// include/linux/arm-smccc.h: 28b46fb6-2ec5-11e9-a9ca-4b564d003a74, as ARM_SMCCC_VENDOR_HYP_UID_KVM_REG_0 to 3.
    @Test
    void theIdentityCanBeKvms() {
        assertThat(call("kvm", ExecutionState.A64, POLICY, UID))
                .isEqualTo(RegisterWrites.fromX0(0xb66fb428L, 0xe911c52eL, 0x564bcaa9L, 0x743a004dL));
        assertThat(call("kvm", ExecutionState.A64, POLICY, FEATURES))
                .as("KVM uses bits 16 and 17 for other features; Linux reads four registers as one bitmap")
                .isEqualTo(RegisterWrites.fromX0(0x3, 0, 0, 0));
        assertThat(call("kvm", ExecutionState.A64, POLICY, REVISION))
                .as("KVM has none")
                .isEqualTo(RegisterWrites.x0(-1));
        assertThatThrownBy(() -> service.start(settingsOf(service, "uid", "xen")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'uid'")
                .hasMessageContaining("kvm");
    }

    @Test
    void theRevisionIsMajorAndMinor() {
        assertThat(call(POLICY, REVISION)).isEqualTo(RegisterWrites.fromX0(1, 0));
    }

    @Test
    void featuresHaveABitForEachCallThatIsThere() {
        assertThat(call(POLICY, FEATURES))
                .as("features, ptp, exit, query")
                .isEqualTo(RegisterWrites.fromX0(0x3_0003, 0, 0, 0));
        assertThat(call(POLICY.with("exit", false), FEATURES))
                .as("without exit")
                .isEqualTo(RegisterWrites.fromX0(0x2_0003, 0, 0, 0));
        assertThat(call(POLICY.with("ptp", false), FEATURES))
                .as("without ptp")
                .isEqualTo(RegisterWrites.fromX0(0x3_0001, 0, 0, 0));
        assertThat(call("trapline", ExecutionState.T32, POLICY, FEATURES))
                .as("from AArch32 they are the calls of 32 bits")
                .isEqualTo(RegisterWrites.fromX0(0x3_0003, 0, 0, 0));
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
    void capabilityQueryGivesTheDecisionOfACall(String function, String x1, String x2, long expected, String why) {
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
