package dev.trapline.launcher;

import static dev.trapline.launcher.InProcess.perform;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The answers of `trapline caps`. The functions and ranges are those of DEN0022 and DEN0028.
class CapsTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private static Ended caps(String... arguments) {
        List<String> all = new ArrayList<>(List.of("caps"));
        all.addAll(List.of(arguments));
        return perform(all);
    }

    private Path policy(String... lines) throws IOException {
        return Files.write(directory.resolve("machine.conf"), List.of(lines));
    }

    @Test
    void aQueryNamesActionOwnerServiceKindAndPlace() {
        Ended said = caps("query", "hvc", "0xC4000003");
        assertThat(said.status()).as(said.err()).isZero();
        assertThat(said.out()).isEqualTo("""
            HVC #0 0xC4000003 PSCI_CPU_ON from A64
              decision  forwarded
              service   psci
              owner     4, Standard Secure Service
              source    default
              because   service 'psci' claims it
              declared  default
            """);
    }

    @Test
    void aFunctionMayBeGivenByItsName() {
        assertThat(caps("query", "hvc", "psci_cpu_on").out())
                .isEqualTo(caps("query", "hvc", "0xC4000003").out());
    }

    @Test
    void aNameOfTwoFunctionsMeansTheOneOfTheCallersWidth() {
        assertThat(caps("query", "hvc", "PSCI_CPU_ON", "--state", "a32").out())
                .startsWith("HVC #0 0x84000003 PSCI_CPU_ON from A32\n");
    }

    @Test
    void theStrongestKindOfRuleDecidesAndIsShownWithItsLine() throws IOException {
        String file = policy(
                        "trapline.firmware.rules = [",
                        "  { owner = 4, action = deny }",
                        "  { functions = 0xC4000000-0xC400001F, action = forward }",
                        "  { functions = 0xC4000003, action = deny }",
                        "]")
                .toString();
        assertThat(caps("query", "smc", "0xC4000003", "--config", file).out())
                .as("the exact call is stronger than the range")
                .contains("decision  denied: a rule denies it", "source    exact call", "declared  " + file + ":4");
        assertThat(caps("query", "smc", "0xC4000004", "--config", file).out())
                .as("the range is stronger than the owner")
                .contains("decision  forwarded", "source    range", "declared  " + file + ":3");
        assertThat(caps("query", "smc", "0x84000050", "--config", file).out())
                .as("what only the owner's rule names")
                .contains("decision  denied: a rule denies it", "source    owner", "declared  " + file + ":2");
    }

    @Test
    void aTogglesPlaceIsShownWhereItDecides() throws IOException {
        String file = policy("trapline.firmware {", "  toggles { psci-to-user = off }", "}")
                .toString();
        assertThat(caps("query", "hvc", "0x84000000", "--config", file).out())
                .contains("decision  resident", "declared  'psci-to-user' is off at " + file + ":2");
        assertThat(caps("query", "hvc", "0x84000000", "--set", "firmware.toggles.psci=off")
                        .out())
                .contains("source    toggle", "because   toggle 'psci' is off", "declared  --set ");
    }

    @Test
    void aRuleThatForwardsToAResidentServiceIsShownWithTheToggleThatKeepsTheCallInPlace() throws IOException {
        String file = policy(
                        "trapline.firmware.toggles.psci-to-user = off",
                        "trapline.firmware.rules = [{ functions = 0x84000000-0x8400001F, action = forward }]")
                .toString();
        assertThat(caps("query", "hvc", "0x84000000", "--config", file).out())
                .contains(
                        "decision  resident", "declared  " + file + ":2, and 'psci-to-user' is off at " + file + ":1");
    }

    @Test
    void aCallWithAnImmediateIsNoSmcccCallAndNeedsNoFunction() {
        assertThat(caps("query", "hvc", "--imm", "0x1234").out())
                .startsWith("HVC #4660 0x00000000 from A64\n")
                .contains("decision  denied")
                .doesNotContain("owner");
        assertThat(caps("query", "hvc", "--imm", "7", "--set", "firmware.rules=[{imm=7,action=forward,service=psci}]")
                        .out())
                .contains("decision  forwarded", "service   psci");
    }

    @Test
    void a64BitFunctionFromAarch32IsDenied() {
        assertThat(caps("query", "hvc", "0xC4000003", "--state", "t32").out())
                .contains(
                        "from T32", "decision  denied: a 64-bit function identifier cannot be used from AArch32 state");
    }

    @Test
    void aQuerysAnswerAsJsonIsOneObject() {
        assertThat(caps("query", "smc", "0xC4000003", "--format", "json").out())
                .isEqualTo("{\"schema\":{\"name\":\"trapline.capability\",\"version\":0},\"conduit\":\"smc\","
                        + "\"immediate\":0,\"functionId\":\"0xC4000003\",\"function\":\"PSCI_CPU_ON\","
                        + "\"executionState\":\"a64\",\"owner\":{\"number\":4,\"name\":\"Standard Secure Service\"},"
                        + "\"decision\":\"forwarded\",\"service\":\"psci\",\"source\":\"default\","
                        + "\"because\":\"service 'psci' claims it\",\"declared\":\"default\"}\n");
    }

    @Test
    void aCallWithTheSveHintIsTheCallWithoutIt() {
        assertThat(caps("query", "hvc", "0xC4010003").out())
                .startsWith("HVC #0 0xC4010003 PSCI_CPU_ON from A64\n")
                .contains("decision  forwarded", "service   psci");
        assertThat(caps("query", "hvc", "0x95C1BA60").out())
                .as("bit 16 is not a hint in KVM's identifiers of PSCI 0.1, which have other reserved bits set")
                .startsWith("HVC #0 0x95C1BA60 PSCI_0_1_CPU_ON from A64\n")
                .contains("service   psci");
        String off = "firmware.toggles.sve-hint=off";
        assertThat(caps("query", "hvc", "0xC4010003", "--set", off).out())
                .as("without the toggle it is another function, which no service claims")
                .startsWith("HVC #0 0xC4010003 from A64\n")
                .contains("decision  denied: no service claims it");
        assertThat(caps("list").out())
                .as("it is not listed separately")
                .contains("SVE hint\n")
                .doesNotContain("  0x84010000-");
        assertThat(caps("list", "--set", off).out()).doesNotContain("SVE hint\n");
        assertThat(caps("query", "hvc", "1", "--set", "firmware.rules=[{functions=0xC4010003,action=deny}]")
                        .err())
                .as("a rule that could never apply")
                .contains("0xC4010003", "'sve-hint'");
    }

    @Test
    void theListCoversEveryCallNamesFunctionsAndShowsLikeTablesOnce() {
        Ended said = caps("list");
        assertThat(said.status()).as(said.err()).isZero();
        assertThat(said.out())
                .contains("SMC and HVC from A64, #imm 0\n", "SMC and HVC from A32 and T32, #imm 0\n")
                .containsPattern("0x84000000-0x8400001F +Standard Secure Service +forwarded +psci +default: ")
                .contains("PSCI_CPU_OFF", "PSCI_CPU_ON", "PSCI_SYSTEM_OFF")
                .containsPattern("(?m)^  0x00000000-")
                .containsPattern("-0xFFFFFFFF ");
    }

    @Test
    void theListCanBeOfOneConduitAndStateAndShowsClaimedImmediates() {
        Ended said = caps(
                "list",
                "--conduit",
                "hvc",
                "--state",
                "a32",
                "--set",
                "firmware.rules=[{imm=7,action=forward,service=psci}]");
        assertThat(said.out())
                .contains("HVC from A32, #imm 0\n", "HVC from A32, #imm 7\n")
                .doesNotContain("SMC from", "A64,")
                .containsPattern("0x00000000-0xFFFFFFFF +forwarded +psci +range: any function with #imm 7");
    }

    @Test
    void theListAsJsonHasATableForEachConduitStateAndImmediate() {
        assertThat(caps("list", "--conduit", "smc", "--state", "a64", "--format", "json")
                        .out())
                .contains("\"tables\":[{\"conduit\":\"smc\",\"executionState\":\"a64\",\"immediate\":0,"
                        + "\"ranges\":[{\"firstFunctionId\":\"0x00000000\"")
                .contains("{\"functionId\":\"0x84000002\",\"function\":\"PSCI_CPU_OFF\"}")
                .endsWith("}]}]}\n");
    }

    @Test
    void togglesAreListedWithStateDefaultMeaningAndPlace() {
        assertThat(caps("toggles", "--set", "firmware.toggles.psci-to-user=off").out())
                .containsPattern("(?m)^smc +on +on +\\S")
                .containsPattern("(?m)^export-failed-condition-calls +off +off +\\S")
                .containsPattern("(?m)^psci-to-user +off +on .*\\[set at --set firmware.toggles.psci-to-user=off\\]$");
        assertThat(caps("toggles", "--format", "json").out())
                .contains("\"toggles\":[{\"toggle\":\"smc\",\"on\":true,\"default\":true,\"meaning\":\"");
    }

    @Test
    void registersAreListedUnderTheKernelsIdentifiersWithTheirValues() {
        Ended said = caps("registers");
        assertThat(said.status()).as(said.err()).isZero();
        assertThat(said.out())
                .as("KVM_REG_ARM_PSCI_VERSION is firmware register 0 of coprocessor 0x14")
                .containsPattern("(?m)^0x6030000000140000 +PSCI_VERSION +0x1000[0-3] +services.psci.version = auto$")
                .containsPattern("(?m)^0x6030000000160002 +VENDOR_HYP_BMAP +0x3 +bit 0: vendor-hyp on, bit 1: ptp on$")
                .containsPattern("(?m)^0x6030000000160003 +VENDOR_HYP_BMAP_2 +0x0 +no bits on this machine$");
        assertThat(caps("registers", "--format", "json").out())
                .contains("[{\"registerId\":\"0x6030000000140000\",\"register\":\"PSCI_VERSION\",\"value\":\"0x1000");
    }

    @Test
    void aRegisterThatIsWrittenIsShownWithWhatAConfigurationSaysInstead() {
        Ended written = caps("registers", "--write", "VENDOR_HYP_BMAP=0", "--write", "0x6030000000140000=0x10000");
        assertThat(written.status()).as(written.err()).isZero();
        assertThat(written.out()).endsWith("""

            The same as configuration keys:
              trapline.firmware.services.psci.version = "1.0"
              trapline.firmware.toggles.ptp = off
              trapline.firmware.toggles.vendor-hyp = off
            """);
        Ended configured = caps(
                "registers",
                "--set",
                "firmware.services.psci.version=\"1.0\"",
                "--set",
                "firmware.toggles.ptp=off",
                "--set",
                "firmware.toggles.vendor-hyp=off");
        assertThat(written.out()).startsWith(configured.out());
        assertThat(caps(
                                "registers",
                                "--set",
                                "firmware.registers.VENDOR_HYP_BMAP=0",
                                "--set",
                                "firmware.registers.PSCI_VERSION=0x10000")
                        .out())
                .as("and by the registers themselves")
                .isEqualTo(configured.out());
    }

    @Test
    void aRegisterDecidesACallAndIsNamedAsThePlace() {
        assertThat(caps("query", "hvc", "0x8600FF01", "--set", "firmware.registers.VENDOR_HYP_BMAP=0")
                        .out())
                .contains(
                        "decision  denied: a toggle is off",
                        "because   toggle 'vendor-hyp' is off",
                        "declared  --set firmware.registers.VENDOR_HYP_BMAP=0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        registers --write STD_MAP=1           | --write STD_MAP=1: there is no firmware register STD_MAP (ENOENT; there are: 0x6030000000140000 PSCI_VERSION
        registers --write VENDOR_HYP_BMAP_2=1 | --write VENDOR_HYP_BMAP_2=1: firmware register VENDOR_HYP_BMAP_2 takes no bits but 0x0, not 0x1 (EINVAL)
        registers --write PSCI_VERSION=3      | takes 0x1, 0x2, 0x10000, 0x10001, 0x10002, 0x10003, not 0x3 (EINVAL)
        registers --write STD_BMAP=all        | --write STD_BMAP=all:
        registers --write STD_BMAP            | --write takes NAME=VALUE, as in STD_BMAP=0x0, not 'STD_BMAP'
        registers --set firmware.services.psci.version=9 | 'version' takes auto, 0.1, 0.2, 1.0, 1.1, 1.2, 1.3, not '9'
        query hvc 1 --set firmware.registers.STD_HYP_BMAP=2 | trapline.firmware.registers.STD_HYP_BMAP cannot be: firmware register STD_HYP_BMAP takes no bits but
        """)
    void aRegisterThatCannotBeIsRefusedAsTheKernelDoes(String arguments, String expected) {
        Ended said = caps(arguments.split(" "));
        assertThat(said.status()).as(said.err()).isEqualTo(Ending.USAGE);
        assertThat(said.err()).contains(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        query svc 1                       | CONDUIT takes smc or hvc, not 'svc'
        query hvc                         | FUNCTION is missing
        query hvc 0x100000000             | FUNCTION takes
        query hvc PSCI_CPU_UP             | not 'PSCI_CPU_UP'
        query hvc 1 --imm 65536           | --imm takes a number from 0 to 65535, not '65536'
        query hvc 1 --state thumb         | --state takes a64 or a32 or t32, not 'thumb'
        query hvc 1 --set firmware.toggles.psi=off | is not a toggle; did you mean psci?
        list --conduit both               | --conduit takes smc or hvc, not 'both'
        """)
    void aQuestionThatCannotBeAskedEndsWithStatusTwo(String arguments, String expected) {
        Ended said = caps(arguments.split(" "));
        assertThat(said.status()).isEqualTo(Ending.USAGE);
        assertThat(said.err()).contains(expected);
        assertThat(said.out()).as("no output that looks like an answer").isEmpty();
    }

    @Test
    void withoutAQuestionTheHelpIsShown() {
        Ended said = caps();
        assertThat(said.status()).isEqualTo(Ending.USAGE);
        assertThat(said.err()).contains("query", "list", "toggles", "Examples:");
    }
}
