package dev.trapline.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.policy.Action;
import dev.trapline.abi.policy.Functions;
import dev.trapline.abi.policy.Match;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.policy.Rule;
import dev.trapline.abi.policy.Toggle;
import dev.trapline.abi.smccc.FunctionId;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// One policy in its three forms: Java, a file, and the command line.
class PolicyFormsTest {

    private static final Set<Conduit> BOTH = Set.of(Conduit.values());
    private static final Set<ExecutionState> ALL = Set.of(ExecutionState.values());

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private static final Policy IN_JAVA = Policy.DEFAULT
            .withResident("smccc")
            .with(ServiceDescriptor.toggleToUser("psci"), false)
            .with(Toggle.FORWARD_UNHANDLED, true)
            .withRules(List.of(
                    rule(Match.of(new Functions.One(new FunctionId(0xc400_0003))), new Action.Deny()),
                    rule(
                            Match.of(Functions.Range.of(new FunctionId(0x8400_0000), new FunctionId(0x8400_001f))),
                            new Action.Resident()),
                    rule(Match.of(new Functions.Range(new FunctionId(0xc400_0020), 32)), new Action.Forward("psci")),
                    rule(Match.of(new Functions.Owner(4)), new Action.Deny()),
                    rule(Match.of(Conduit.HVC, 0x4a48), new Action.Forward("psci")),
                    rule(
                            new Match(
                                    BOTH,
                                    0,
                                    new Functions.One(new FunctionId(0x8600_0001)),
                                    Set.of(ExecutionState.A32, ExecutionState.T32)),
                            new Action.Forward("psci")),
                    rule(
                            new Match(Set.of(Conduit.SMC), 7, new Functions.One(new FunctionId(9)), ALL),
                            new Action.Deny())));

    @Test
    void aFileSaysTheSameAsJava() {
        Policy inFile = new ConfigFixture(
                        directory,
                        "trapline.firmware {",
                        "  toggles { psci-to-user = off, forward-unhandled = on }",
                        "  resident = [smccc]",
                        "  rules = [",
                        "    { functions = 0xC4000003, action = deny }",
                        "    { functions = 0x84000000-0x8400001F, action = resident }",
                        "    { functions = \"0xC4000020+32\", action = forward, service = psci }",
                        "    { owner = 4, action = deny }",
                        "    { imm = 0x4a48, conduit = hvc, action = forward, service = psci }",
                        "    { functions = 0x86000001, state = [a32, t32], action = forward, service = psci }",
                        "    { functions = 9, imm = 7, conduit = [smc], action = deny }",
                        "  ]",
                        "}")
                .load()
                .machine()
                .firmware()
                .policy();
        assertThat(withoutOrigins(inFile)).isEqualTo(IN_JAVA);
    }

    @Test
    void assignmentsSayTheSameAsJava() {
        Policy assigned = ConfigFixture.withAssignments(
                        "firmware.toggles.psci-to-user=off",
                        "firmware.toggles.forward-unhandled=true",
                        "firmware.rules=[{functions=0xC4000003,action=deny},"
                                + "{functions=0x84000000-0x8400001F,action=resident},"
                                + "{functions=\"0xC4000020+32\",action=forward,service=psci},"
                                + "{owner=4,action=deny},"
                                + "{imm=19016,conduit=hvc,action=forward,service=psci},"
                                + "{functions=0x86000001,state=[a32,t32],action=forward,service=psci},"
                                + "{functions=9,imm=7,conduit=smc,action=deny}]")
                .machine()
                .firmware()
                .policy();
        assertThat(withoutOrigins(assigned)).isEqualTo(IN_JAVA);
    }

    @ParameterizedTest
    @CsvSource({"on, true", "off, false", "true, true", "false, false"})
    void aToggleIsOnOrOffInEitherForm(String text, boolean on) {
        assertThat(ConfigFixture.withAssignments("firmware.toggles.smc=" + text)
                        .machine()
                        .firmware()
                        .policy()
                        .isOn(Toggle.SMC, !on))
                .isEqualTo(on);
    }

    @Test
    void aTogglesWordOnAServiceIsStrongerThanTheListOfResidentOnes() {
        Policy policy = ConfigFixture.withAssignments(
                        "firmware.resident=[smccc,psci]", "firmware.toggles.smccc-to-user=on")
                .machine()
                .firmware()
                .policy();
        assertThat(policy.isResident("smccc")).as("its toggle is on").isFalse();
        assertThat(policy.isResident("psci")).as("only the list names it").isTrue();
    }

    @Test
    void eachToggleKnowsWhereItWasSet() {
        LayeredConfig layers = new ConfigLoader()
                .assignments(List.of("firmware.toggles.psci=off"))
                .load();
        assertThat(layers.toggleOrigins(ConfigFixture.SERVICES))
                .as("the list of resident services sets a toggle too")
                .containsEntry("psci", "--set firmware.toggles.psci=off")
                .containsEntry("smccc-to-user", "reference.conf")
                .hasSize(2);
    }

    private static Rule rule(Match match, Action action) {
        return new Rule(match, action, "");
    }

    private static Policy withoutOrigins(Policy policy) {
        return policy.withRules(policy.rules().stream()
                .map(rule -> rule(rule.match(), rule.action()))
                .toList());
    }
}
