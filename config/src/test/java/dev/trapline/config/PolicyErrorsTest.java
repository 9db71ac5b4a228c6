package dev.trapline.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a user reads when a policy is wrong.
class PolicyErrorsTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void everyErrorOfAPolicyFileIsReportedAtOnceThoseOfTheTableIncluded() {
        assertThat(new ConfigFixture(
                                directory,
                                "trapline.firmware {",
                                "  toggles { psci-to-usr = off, smc = maybe }",
                                "  resident = [smcc]",
                                "  rules = [",
                                "    { functions = 0x86000000-0x8600000F, action = deny }",
                                "    { functions = 0x86000008-0x86000010, action = deny }",
                                "    { functions = \"0x86001000+0\", action = deny }",
                                "    { functions = \"0xFFFFFFFF+2\", action = deny }",
                                "    { functions = 0x80000001, action = deny }",
                                "    { functions = 0x84000003, action = forward, service = pcsi }",
                                "    { functions = 0x87000000, action = resident }",
                                "    { functions = 0x88000000, action = refuse }",
                                "  ]",
                                "}")
                        .problems())
                .as("one run must tell everything that has to be mended")
                .containsExactlyInAnyOrder(
                        "machine.conf:2: trapline.firmware.toggles.psci-to-usr is not a toggle; did you mean"
                                + " psci-to-user?",
                        "machine.conf:2: trapline.firmware.toggles.smc takes on or off, not maybe",
                        "machine.conf:3: trapline.firmware.resident names a service that does not exist: smcc; did you"
                                + " mean smccc?",
                        "machine.conf:12: trapline.firmware.rules.action takes resident, forward or deny, not refuse",
                        "machine.conf:6: trapline.firmware.rules cannot be used: the rule at machine.conf:5"
                            + " (0x86000000 to 0x8600000F) and the rule at machine.conf:6 (0x86000008 to 0x86000010)"
                            + " overlap: two rules of one kind (range) may not name the same call",
                        "machine.conf:7: trapline.firmware.rules cannot be used: the rule at machine.conf:7"
                                + " (0x86001000 + 0) names no function: give a count of 1 or more",
                        "machine.conf:8: trapline.firmware.rules cannot be used: the rule at machine.conf:8"
                                + " (0xFFFFFFFF to 0x100000000) goes beyond 0xFFFFFFFF: give a smaller count",
                        "machine.conf:9: trapline.firmware.rules cannot be used: the rule at machine.conf:9"
                                + " (0x80000001) reaches into the Arm Architecture calls (0x80000000 to 0x8000FFFF and"
                                + " 0xC0000000 to 0xC000FFFF), which are reserved: leave them out",
                        "machine.conf:10: trapline.firmware.rules.service names a service that does not exist: pcsi;"
                                + " did you mean psci?",
                        "machine.conf:11: trapline.firmware.rules cannot be used: the rule at machine.conf:11"
                                + " (0x87000000) names calls that no service claims: add 'service' to say which service"
                                + " gets them");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {action=deny}                               | functions is missing from this rule: give functions, owner, or an imm other than 0
        {owner=64,action=deny}                      | owner takes a whole number from 0 to 63, not 64
        {owner=4,functions=5,action=deny}           | owner
        {imm=65536,action=deny}                     | imm takes a whole number from 0 to 65535, not 65536
        {imm=-1,action=deny}                        | imm takes a whole number from 0 to 65535, not -1
        {functions=1,conduit=svc,action=deny}       | conduit takes smc or hvc, or a list of different ones of them, not svc
        {functions=1,conduit=[smc,smc],action=deny} | conduit takes smc or hvc, or a list of different ones of them, not [smc, smc]
        {functions=1,state=[],action=deny}          | state takes a64, a32 or t32, or a list of different ones of them, not []
        {functions=1,state=thumb,action=deny}       | state takes a64, a32 or t32, or a list of different ones of them, not thumb
        {functions=1,action=deny,service=psci}      | service
        {functions=1,action=forward,service=[psci]} | service takes the name of a service, not a list
        {functions=1,action=deny,imn=3}             | imn is not a key; did you mean imm?
        {functions=[1],action=deny}                 | functions takes a function identifier, an ascending range, or a base and a count, as in 0xC4000003, 0xC4000020-0xC400003F or "0xC4000020+32", not a list
        {functions=0x1_0000_0000,action=deny}       | functions takes a function identifier, an ascending range, or a base and a count, as in 0xC4000003, 0xC4000020-0xC400003F or "0xC4000020+32", not 0x1_0000_0000
        """)
    void eachKindOfWrongRuleIsNamedWithWhatItsKeyTakes(String rule, String expected) {
        String assignment = "firmware.rules=[" + rule + "]";
        assertThat(ConfigFixture.problemsOfAssignments(assignment))
                .singleElement()
                .asString()
                .startsWith("--set " + assignment + ": trapline.firmware.rules." + expected);
    }

    @Test
    void anAssignmentOfAListThatIsNotHoconSaysWhyInsteadOfBeingTakenForText() {
        assertThat(ConfigFixture.problemsOfAssignments("firmware.rules=[{functions=1+2,action=deny}]"))
                .as("the '+' lacks its quotes")
                .singleElement()
                .asString()
                .startsWith("--set firmware.rules=[{functions=1+2,action=deny}]: ")
                .contains("'+'");
    }

    @Test
    void aToggleThatIsNearToNoneIsAnsweredWithAllOfThem() {
        assertThat(ConfigFixture.problemsOfAssignments("firmware.toggles.turbo=on"))
                .isEqualTo(List.of("--set firmware.toggles.turbo=on: trapline.firmware.toggles.turbo is not a toggle"
                        + " (there are: smc, hvc, forward-unhandled, export-failed-condition-calls, sve-hint,"
                        + " psci, psci-to-user, smccc, smccc-to-user, trng, trng-to-user)"));
    }

    @Test
    void aPlainValueIsNoSectionOfToggles() {
        assertThat(ConfigFixture.problemsOfAssignments("firmware.toggles=on"))
                .containsExactly(
                        "--set firmware.toggles=on: trapline.firmware.toggles is a section: write its keys in { }");
    }
}
