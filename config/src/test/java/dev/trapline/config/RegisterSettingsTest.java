package dev.trapline.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.machine.MachineSpec;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Pseudo firmware registers as a configuration sets them; errors as KVM's ENOENT and EINVAL
/// (fw-pseudo-registers.rst).
class RegisterSettingsTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private static MachineSpec machine(String... assignments) {
        return ConfigFixture.withAssignments(assignments).machine();
    }

    @Test
    void aRegisterSaysTheSameAsTheTogglesAndSettingsThatItStandsFor() {
        MachineSpec byRegisters = machine("firmware.registers.STD_BMAP=0", "firmware.registers.PSCI_VERSION=0x10000");
        MachineSpec byKeys = machine("firmware.toggles.trng=off", "firmware.services.psci.version=\"1.0\"");
        assertThat(byRegisters).isEqualTo(byKeys);
    }

    @Test
    void aRegisterMayBeNamedByItsIdentifierAndInAFile() {
        MachineSpec inFile = new ConfigFixture(directory, "trapline.firmware.registers {", "  STD_BMAP = 0x0", "}")
                .load()
                .machine();
        assertThat(machine("firmware.registers.0x6030000000160000=0").firmware().policy())
                .isEqualTo(inFile.firmware().policy());
        assertThat(inFile.firmware().policy().isOn("trng", true)).isFalse();
    }

    @Test
    void aSetBitSwitchesItsToggleOn() {
        assertThat(machine("firmware.registers.STD_BMAP=1").firmware().policy().isOn("trng", true))
                .isTrue();
    }

    @Test
    void theResetValueAndTwoKeysThatAgreeAreNoError() {
        assertThat(machine("firmware.registers.STD_BMAP=0", "firmware.toggles.trng=off")
                        .firmware()
                        .policy()
                        .isOn("trng", true))
                .isFalse();
        assertThat(machine("firmware.registers.PSCI_VERSION=0x2", "firmware.toggles.psci-to-user=off")
                        .firmware()
                        .policy()
                        .isResident("psci"))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        STD_BMAP=2                     | STD_BMAP cannot be: firmware register STD_BMAP takes no bits but 0x1, not 0x2 (EINVAL)
        STD_HYP_BMAP=1                 | STD_HYP_BMAP cannot be: firmware register STD_HYP_BMAP takes no bits but 0x0, not 0x1 (EINVAL)
        PSCI_VERSION=0x3               | PSCI_VERSION cannot be: firmware register PSCI_VERSION takes 0x1, 0x2, 0x10000, 0x10001, 0x10002, 0x10003, not 0x3 (EINVAL)
        STD_BMAP=all                   | STD_BMAP takes a whole number of at most 64 bits, not all
        STD_BMAP=-1                    | STD_BMAP takes a whole number of at most 64 bits, not -1
        STD_BMAP=0x10000000000000000   | STD_BMAP takes a whole number of at most 64 bits, not 0x10000000000000000
        STD_BMAP=[0]                   | STD_BMAP takes a whole number of at most 64 bits, not a list
        """)
    void aValueThatARegisterCannotHaveIsRefused(String assignment, String expected) {
        assertThat(ConfigFixture.problemsOfAssignments("firmware.registers." + assignment))
                .containsExactly(
                        "--set firmware.registers." + assignment + ": trapline.firmware.registers." + expected);
    }

    @Test
    void aRegisterThatTheMachineLacksIsNamedWithThoseThatItHas() {
        assertThat(ConfigFixture.problemsOfAssignments("firmware.registers.STD_MAP=0"))
                .containsExactly("--set firmware.registers.STD_MAP=0: trapline.firmware.registers.STD_MAP cannot be:"
                        + " there is no firmware register STD_MAP (ENOENT; there are: 0x6030000000140000 PSCI_VERSION,"
                        + " 0x6030000000160000 STD_BMAP, 0x6030000000160001 STD_HYP_BMAP,"
                        + " 0x6030000000160002 VENDOR_HYP_BMAP, 0x6030000000160003 VENDOR_HYP_BMAP_2)");
    }

    @Test
    void twoKeysThatContradictEachOtherAreBothNamed() {
        assertThat(new ConfigFixture(
                                directory,
                                "trapline.firmware {",
                                "  toggles.trng = on",
                                "  services.psci.version = \"1.1\"",
                                "  registers {",
                                "    STD_BMAP = 0",
                                "    PSCI_VERSION = 0x10000",
                                "    0x6030000000140000 = 0x10001",
                                "  }",
                                "}")
                        .problems())
                .as("the last two mean the same register; keys are read in the order of their names")
                .containsExactly(
                        "machine.conf:6: trapline.firmware.registers.PSCI_VERSION is set already at machine.conf:7:"
                                + " leave one of them out",
                        "machine.conf:5: trapline.firmware.registers.STD_BMAP says that trng is off, and"
                                + " trapline.firmware.toggles.trng at machine.conf:2 says on: leave one of them out");
        assertThat(ConfigFixture.problemsOfAssignments(
                        "firmware.services.psci.version=\"1.1\"", "firmware.registers.PSCI_VERSION=0x10000"))
                .containsExactly("--set firmware.registers.PSCI_VERSION=0x10000:"
                        + " trapline.firmware.registers.PSCI_VERSION says that psci.version is 1.0, and"
                        + " trapline.firmware.services.psci.version at --set firmware.services.psci.version=\"1.1\""
                        + " says 1.1: leave one of them out");
    }

    @Test
    void aVersionThatTheMachineCannotHaveIsRefusedWhereItStands() {
        assertThat(ConfigFixture.problemsOfAssignments("firmware.services.psci.version=9"))
                .containsExactly("--set firmware.services.psci.version=9: trapline.firmware.services.psci.version"
                        + " cannot be: service 'psci': 'version' takes auto, 0.1, 0.2, 1.0, 1.1, 1.2, 1.3, not '9'");
        assertThat(ConfigFixture.problemsOfAssignments(
                        "firmware.services.psci.version=\"1.1\"", "firmware.toggles.psci-to-user=off"))
                .singleElement()
                .asString()
                .contains("'version' is 0.2 while 'psci' is answered in place");
    }

    @Test
    void aToggleThatARegisterSetKnowsTheRegistersPlace() {
        LayeredConfig layers = new ConfigLoader()
                .assignments(List.of("firmware.registers.STD_BMAP=0"))
                .load();
        assertThat(layers.toggleOrigins(ConfigFixture.SERVICES))
                .containsEntry("trng", "--set firmware.registers.STD_BMAP=0");
    }
}
