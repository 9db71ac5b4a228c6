package dev.trapline.registry.kvm;

import static dev.trapline.registry.kvm.FirmwareRegisters.PSCI_VERSION;
import static dev.trapline.registry.kvm.FirmwareRegisters.STD_BMAP;
import static dev.trapline.registry.kvm.FirmwareRegisters.VENDOR_HYP_BMAP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.firmware.KvmRegister;
import dev.trapline.abi.firmware.KvmRegister.Bitmap;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.firmware.ServiceDescriptor.Setting;
import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.registry.CapabilityRegistry;
import dev.trapline.registry.RegistryError;
import dev.trapline.registry.RegistryException;
import dev.trapline.testkit.PsciRegister;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The contract of KVM's pseudo firmware registers (fw-pseudo-registers.rst).
class FirmwareRegistersTest {

    private static final List<ServiceDescriptor> SERVICES = List.of(
            powering("psci"),
            service("trng", 0x8400_0050, new KvmRegister.Bit(Bitmap.STD_BMAP, 0)),
            service("vendor-hyp", 0x8600_0000, new KvmRegister.Bit(Bitmap.VENDOR_HYP_BMAP, 0)));
    private final FirmwareRegisters registers = new FirmwareRegisters(SERVICES, Policy.DEFAULT, new TreeMap<>());

    private static ServiceDescriptor service(String name, int function, KvmRegister register) {
        return new ServiceDescriptor(
                name,
                "1",
                List.of(Claim.of(new FunctionId(function))),
                List.of(),
                List.of(),
                List.of(new Setting("version", "auto", "which")),
                List.of(register));
    }

    private static ServiceDescriptor powering(String name) {
        return service(name, 0x8400_0000, PsciRegister.setting());
    }

    private static void refused(Runnable action, Class<? extends RegistryError> error) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        e -> assertThat(e.errors()).singleElement().isInstanceOf(error));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "PSCI_VERSION, 0x6030000000140000, 0x10003",
        "STD_BMAP, 0x6030000000160000, 0x1",
        "STD_HYP_BMAP, 0x6030000000160001, 0x0",
        "VENDOR_HYP_BMAP, 0x6030000000160002, 0x1",
        "VENDOR_HYP_BMAP_2, 0x6030000000160003, 0x0"
    })
    void aResetSetsTheBitsOfAllServicesThatTheMachineHas(String name, String id, String value) {
        assertThat(registers.get(Long.decode(id))).isEqualTo(Long.decode(value));
        assertThat(registers.name(Long.decode(id))).isEqualTo(name);
        assertThat(registers.ids()).contains(Long.decode(id));
    }

    @Test
    void aClearedBitSwitchesItsServiceOffAndASetOneOnAgain() {
        FirmwareRegisters cleared = registers.with(STD_BMAP, 0);
        assertThat(cleared.get(STD_BMAP)).isZero();
        assertThat(CapabilityRegistry.of(SERVICES, cleared.policy())
                        .query(Conduit.HVC, 0, 0x8400_0050, ExecutionState.A64)
                        .decision())
                .isEqualTo(new Decision.Denied(Decision.Reason.BY_TOGGLE));
        FirmwareRegisters again = cleared.with(STD_BMAP, 1);
        assertThat(again.get(STD_BMAP)).isOne();
        assertThat(again.policy().isOn("trng", false)).isTrue();
    }

    @Test
    void aToggleThatIsOffReadsAsAClearedBit() {
        FirmwareRegisters off =
                new FirmwareRegisters(SERVICES, Policy.DEFAULT.with("vendor-hyp", false), new TreeMap<>());
        assertThat(off.get(VENDOR_HYP_BMAP)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0x2, 0.2", "0x1, 0.1", "0x10000, 1.0", "0x10002, 1.2"})
    void aVersionIsTheSettingOfPsci(String value, String setting) {
        FirmwareRegisters set = registers.with(PSCI_VERSION, Long.decode(value));
        assertThat(set.settings()).containsExactlyEntriesOf(Map.of("psci.version", setting));
        assertThat(set.get(PSCI_VERSION)).isEqualTo(Long.decode(value));
    }

    @Test
    void aRegisterThatThereIsNotIsEnoent() {
        refused(() -> registers.get(0x6030_0000_0014_0001L), RegistryError.UnknownRegister.class);
        refused(() -> registers.with(0x6030_0000_0016_0004L, 0), RegistryError.UnknownRegister.class);
        FirmwareRegisters bare = new FirmwareRegisters(List.of(), Policy.DEFAULT, new TreeMap<>());
        refused(() -> bare.get(PSCI_VERSION), RegistryError.UnknownRegister.class);
    }

    @Test
    void aBitOrVersionThatThereIsNotIsEinval() {
        refused(() -> registers.with(STD_BMAP, 2), RegistryError.BadRegisterValue.class);
        refused(() -> registers.with(STD_BMAP, 1L << 63), RegistryError.BadRegisterValue.class);
        refused(() -> registers.with(PSCI_VERSION, 0x3), RegistryError.BadRegisterValue.class);
        refused(() -> registers.with(PSCI_VERSION, 0x1_0000_0002L), RegistryError.BadRegisterValue.class);
    }

    @Test
    void aResidentPsciHasNoOtherVersionThan0Dot2() {
        FirmwareRegisters resident =
                new FirmwareRegisters(SERVICES, Policy.DEFAULT.withResident("psci"), new TreeMap<>());
        assertThat(resident.get(PSCI_VERSION)).isEqualTo(2);
        refused(() -> resident.with(PSCI_VERSION, 0x1_0001), RegistryError.BadRegisterValue.class);
    }

    @Test
    void afterTheFirstRunAnotherValueIsEbusyAndTheSameIsNot() {
        refused(() -> registers.requireUnchanged(STD_BMAP, 0), RegistryError.VcpuHasRun.class);
        registers.requireUnchanged(STD_BMAP, 1);
        registers.requireUnchanged(PSCI_VERSION, 0x1_0003);
        refused(() -> registers.requireUnchanged(STD_BMAP, 2), RegistryError.BadRegisterValue.class);
    }

    @Test
    void theMessagesNameTheRegisterAndWhatItTakes() {
        assertThatThrownBy(() -> registers.with(STD_BMAP, 2))
                .hasMessage("firmware register STD_BMAP takes no bits but 0x1, not 0x2 (EINVAL)");
        assertThatThrownBy(() -> registers.with(PSCI_VERSION, 3))
                .hasMessageContaining("takes 0x1, 0x2, 0x10000, 0x10001, 0x10002, 0x10003, not 0x3");
        assertThatThrownBy(() -> registers.get(1))
                .hasMessageContaining("there is no firmware register 0x1 (ENOENT; there are: ")
                .hasMessageContaining("0x6030000000140000 PSCI_VERSION");
        assertThatThrownBy(() -> registers.requireUnchanged(STD_BMAP, 0))
                .hasMessageStartingWith("firmware register STD_BMAP is 0x1 and cannot become 0x0 (EBUSY): ");
    }

    @Test
    void aRegisterIsFoundByNameAndByIdentifier() {
        assertThat(registers.id("STD_BMAP")).isEqualTo(STD_BMAP);
        assertThat(registers.id("std_bmap")).isEqualTo(STD_BMAP);
        assertThat(registers.id("0x6030000000160000")).isEqualTo(STD_BMAP);
        refused(() -> registers.id("STD_BMAP_2"), RegistryError.UnknownRegister.class);
    }

    @Test
    void aBitIsTheToggleOfItsServiceIfTheMachineHasIt() {
        assertThat(registers.toggles(VENDOR_HYP_BMAP))
                .as("the service ptp is missing")
                .containsExactlyEntriesOf(Map.of(0, "vendor-hyp"));
        assertThat(registers.toggles(PSCI_VERSION)).isEmpty();
    }

    @Test
    void aVersionThatTheMachineCannotHaveIsAnErrorOfItsSettings() {
        FirmwareRegisters asked =
                new FirmwareRegisters(SERVICES, Policy.DEFAULT, new TreeMap<>(Map.of("psci.version", "9")));
        refused(() -> asked.get(PSCI_VERSION), RegistryError.BadSetting.class);
        FirmwareRegisters resident = new FirmwareRegisters(
                SERVICES, Policy.DEFAULT.withResident("psci"), new TreeMap<>(Map.of("psci.version", "1.1")));
        refused(() -> resident.get(PSCI_VERSION), RegistryError.BadSetting.class);
    }

    @Test
    void whichServiceHasWhichBitIsInItsDescriptor() {
        List<ServiceDescriptor> others =
                List.of(powering("power"), service("dice", 0x8400_0050, new KvmRegister.Bit(Bitmap.STD_BMAP, 5)));
        FirmwareRegisters theirs = new FirmwareRegisters(others, Policy.DEFAULT, new TreeMap<>());
        assertThat(theirs.get(STD_BMAP)).as("bit 5 belongs to the service dice").isEqualTo(0x20);
        assertThat(theirs.with(STD_BMAP, 0).policy().isOn("dice", true)).isFalse();
        assertThat(theirs.setting(PSCI_VERSION)).isEqualTo("power.version");
        assertThat(theirs.with(PSCI_VERSION, 2).settings()).containsExactlyEntriesOf(Map.of("power.version", "0.2"));
    }

    @Test
    void twoServicesWithOneBitAreAnErrorThatNamesBoth() {
        List<ServiceDescriptor> twins = List.of(
                service("one", 0x8400_0050, new KvmRegister.Bit(Bitmap.STD_BMAP, 0)),
                service("other", 0x8400_0060, new KvmRegister.Bit(Bitmap.STD_BMAP, 0)));
        assertThatThrownBy(() -> CapabilityRegistry.of(twins, Policy.DEFAULT))
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        e -> assertThat(e.errors())
                                .containsExactly(
                                        new RegistryError.RegisterOverlap("one", "other", "bit 0 of STD_BMAP")));
    }
}
