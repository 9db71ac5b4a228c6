package dev.trapline.registry;

import static dev.trapline.registry.CapabilityRegistryTest.one;
import static dev.trapline.registry.CapabilityRegistryTest.range;
import static dev.trapline.registry.CapabilityRegistryTest.registry;
import static dev.trapline.registry.CapabilityRegistryTest.rule;
import static dev.trapline.registry.CapabilityRegistryTest.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.policy.Action;
import dev.trapline.abi.policy.Functions;
import dev.trapline.abi.policy.Kind;
import dev.trapline.abi.policy.Match;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.policy.Rule;
import dev.trapline.abi.smccc.FunctionId;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The contract of KVM's SMCCC filter (Linux, Documentation/virt/kvm/devices/vm.rst §6), and the registry's additions.
class RegistryErrorTest {

    @ParameterizedTest(name = "{0} + {1}")
    @CsvSource({"0xC4000003, 0", "0, 0"})
    void aRangeOfNoFunctionsIsRefused(String base, long count) {
        Rule empty = rule(range(Long.decode(base).intValue(), count), new Action.Deny(), 1);
        assertThat(errors(empty)).containsExactly(new RegistryError.EmptyRange(empty));
    }

    @ParameterizedTest(name = "{0} + {1}")
    @CsvSource({"0xFFFFFFFF, 0xFFFFFFFF", "0xFFFFFFFF, 2", "1, 0xFFFFFFFFF"})
    void aRangeBeyondTheLastFunctionIsRefused(String base, String count) {
        Rule wrapping = rule(range(Long.decode(base).intValue(), Long.decode(count)), new Action.Deny(), 1);
        assertThat(errors(wrapping)).containsExactly(new RegistryError.WrappingRange(wrapping));
    }

    @ParameterizedTest(name = "{0} + {1}")
    @CsvSource({"0x80008000, 1", "0xC0000000, 1", "0x7FFFFFFF, 2", "0xC000FFFF, 0x10000", "0x10000000, 0xB0000000"})
    void theArmArchitectureRangesAreReserved(String base, String count) {
        Rule reserved = rule(range(Long.decode(base).intValue(), Long.decode(count)), new Action.Deny(), 1);
        assertThat(errors(reserved)).containsExactly(new RegistryError.Reserved(reserved));
    }

    @Test
    void theArmArchitectureOwnerAndItsCallsByNameAreReservedToo() {
        Rule owner = rule(new Functions.Owner(0), new Action.Deny(), 1);
        Rule call = rule(one(0x8000_0000), new Action.Deny(), 2);
        assertThat(errors(owner, call))
                .containsExactly(new RegistryError.Reserved(owner), new RegistryError.Reserved(call));
        assertThat(errors(rule(range(0x8002_0000, 1), new Action.Deny(), 1)))
                .as("beyond them is free")
                .isEmpty();
    }

    @Test
    void aRuleThatNamesOnlyHintedIdentifiersCouldNeverApply() {
        Rule one = rule(one(0x8401_0003), new Action.Deny(), 1);
        Rule block = rule(range(0xc401_0000, 0x1_0000), new Action.Deny(), 2);
        assertThat(errors(one, block))
                .containsExactly(new RegistryError.OnlyHinted(one), new RegistryError.OnlyHinted(block));
        assertThat(new RegistryError.OnlyHinted(one).message()).contains("test: 1", "'sve-hint'");
        assertThat(errors(
                        rule(range(0x8400_ffff, 0x1_0001), new Action.Deny(), 1),
                        rule(range(0xc401_0000, 0x1_0001), new Action.Deny(), 2),
                        rule(one(0x0401_0003), new Action.Deny(), 3)))
                .as("those that name others as well, and yielding calls, which have no hint")
                .isEmpty();
        assertThat(registry(Policy.DEFAULT.with("sve-hint", false).withRules(List.of(one, block))))
                .as("without hints they are identifiers like others")
                .isNotNull();
    }

    @Test
    void twoRulesOfOneKindMayNotNameOneCallEvenWithTheSameAction() {
        Rule first = rule(range(0x8400_0000, 4), new Action.Deny(), 1);
        Rule second = rule(range(0x8400_0003, 4), new Action.Deny(), 2);
        assertThat(errors(second, first)).containsExactly(new RegistryError.Overlap(Kind.RANGE, first, second));
        assertThat(new RegistryError.Overlap(Kind.RANGE, first, second).message())
                .as("both rules, and where each was declared")
                .contains("test: 1", "0x84000000 to 0x84000003", "test: 2", "0x84000003 to 0x84000006", "range");
        assertThat(errors(first, rule(range(0x8400_0004, 4), new Action.Deny(), 2)))
                .as("neighbours do not overlap")
                .isEmpty();
    }

    @Test
    void rulesForDifferentConduitsStatesOrImmediatesDoNotOverlap() {
        Functions functions = range(0x8400_0000, 4);
        EnumSet<Conduit> smc = EnumSet.of(Conduit.SMC);
        EnumSet<ExecutionState> a64 = EnumSet.of(ExecutionState.A64);
        Rule base = new Rule(new Match(smc, 0, functions, a64), new Action.Deny(), "test: 1");
        assertThat(errors(
                        base, new Rule(new Match(EnumSet.of(Conduit.HVC), 0, functions, a64), new Action.Deny(), "2")))
                .isEmpty();
        assertThat(errors(
                        base,
                        new Rule(new Match(smc, 0, functions, EnumSet.of(ExecutionState.A32)), new Action.Deny(), "2")))
                .isEmpty();
        assertThat(errors(base, new Rule(new Match(smc, 1, functions, a64), new Action.Deny(), "2")))
                .isEmpty();
        assertThat(errors(base, new Rule(Match.of(functions), new Action.Deny(), "2")))
                .as("one part of it")
                .hasSize(1);
    }

    @Test
    void aServiceThatIsNotThereIsNamedWithThoseThatAre() {
        Rule rule = rule(one(0x8400_0003), new Action.Forward("trng"), 1);
        assertThat(errors(rule))
                .containsExactly(new RegistryError.UnknownService(rule, "trng", List.of("mailbox", "psci", "smccc")));
    }

    @Test
    void aRuleForCallsThatNobodyClaimsMustSayWhereTheyGo() {
        Rule nobody = rule(one(0xc500_0020), new Action.Forward(null), 1);
        assertThat(errors(nobody)).containsExactly(new RegistryError.NobodyClaims(nobody));
        assertThat(errors(rule(one(0xc500_0020), new Action.Forward("psci"), 1)))
                .isEmpty();
    }

    @Test
    void anUnknownToggleIsNamedWithThoseThatThereAre() {
        assertThatThrownBy(() -> registry(Policy.DEFAULT.with("psci-to-users", true)))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("'psci-to-users'")
                .hasMessageContaining("psci-to-user")
                .hasMessageContaining("forward-unhandled");
    }

    @Test
    void servicesThatContradictEachOtherAreRefused() {
        ServiceDescriptor one = new ServiceDescriptor("one", "1", List.of(), List.of(7), List.of(), List.of());
        ServiceDescriptor two = new ServiceDescriptor("two", "1", List.of(), List.of(7), List.of(), List.of());
        assertThatThrownBy(() -> CapabilityRegistry.of(
                        List.of(
                                service("psci", 0x8400_0000, 0x8400_001f),
                                service("psci2", 0x8400_001f, 0x8400_0030),
                                service("smc", 1, 2),
                                one,
                                two),
                        Policy.DEFAULT))
                .hasMessageContaining("'psci' (0x84000000 to 0x8400001F) and the claim of service 'psci2'")
                .hasMessageContaining("two services or toggles are named 'smc'")
                .hasMessageContaining("'one' and 'two' both claim HVC with #imm 7");
    }

    @Test
    void everythingThatIsWrongIsReportedAtOnce() {
        Rule empty = rule(range(1, 0), new Action.Deny(), 1);
        Rule reserved = rule(new Functions.One(new FunctionId(0x8000_0001)), new Action.Deny(), 2);
        Rule twice = rule(one(0x8400_0000), new Action.Deny(), 3);
        assertThat(errors(empty, reserved, twice, twice))
                .containsExactly(
                        new RegistryError.EmptyRange(empty),
                        new RegistryError.Reserved(reserved),
                        new RegistryError.Overlap(Kind.EXACT, twice, twice));
    }

    private static List<RegistryError> errors(Rule... rules) {
        RegistryException refused =
                catchThrowableOfType(RegistryException.class, () -> registry(Policy.DEFAULT.withRules(List.of(rules))));
        return refused == null ? List.of() : refused.errors();
    }
}
