package dev.trapline.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.policy.Action;
import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.policy.Decision.Denied;
import dev.trapline.abi.policy.Decision.Forwarded;
import dev.trapline.abi.policy.Decision.Reason;
import dev.trapline.abi.policy.Decision.Resident;
import dev.trapline.abi.policy.Functions;
import dev.trapline.abi.policy.Match;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.policy.Rule;
import dev.trapline.abi.policy.Toggle;
import dev.trapline.abi.smccc.FunctionId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Compares random policies with an oracle that checks all rules one by one.
class RegistryPropertyTest {

    private static final int POLICIES = Boolean.getBoolean("trapline.full") ? 5000 : 500;
    private static final int QUERIES = 200;
    private static final List<ExecutionState> STATES = List.of(ExecutionState.values());

    private final Random random = new Random(20191001);

    @Test
    void aRandomPolicyIsRefusedExactlyIfItsRulesMeetOrCannotApplyAndElseDecidesAsTheySay() {
        int accepted = 0;
        for (int policy = 0; policy < POLICIES; policy++) {
            List<Rule> rules = randomRules(1 + random.nextInt(6));
            boolean hints = random.nextBoolean();
            boolean meets =
                    twoClash(rules) || (hints && rules.stream().anyMatch(RegistryPropertyTest::namesHintsAlone));
            try {
                CapabilityRegistry registry = CapabilityRegistryTest.registry(
                        Policy.DEFAULT.with(Toggle.SVE_HINT, hints).withRules(rules));
                assertThat(meets).as("accepted: %s", rules).isFalse();
                accepted++;
                for (int query = 0; query < QUERIES; query++) {
                    checkOneQuery(registry, hints, rules);
                }
                checkTable(registry, rules);
            } catch (RegistryException e) {
                assertThat(meets)
                        .as("refused with %s: %s", e.getMessage(), rules)
                        .isTrue();
            }
        }
        assertThat(accepted).as("both happen").isBetween(POLICIES / 10, POLICIES * 9 / 10);
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000_000})
    void aMillionRulesNeverAnswerAmbiguously(int count) {
        List<Rule> rules = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int base = 0x8200_0000 + i * 512;
            boolean free =
                    Integer.compareUnsigned(base, 0xc000_0000) < 0 || Integer.compareUnsigned(base, 0xc001_0000) > 0;
            if (free) {
                long length = 1L + random.nextInt(512);
                rules.add(CapabilityRegistryTest.rule(
                        CapabilityRegistryTest.range(base, length),
                        random.nextBoolean() ? new Action.Deny() : new Action.Forward("mailbox"),
                        i));
            }
        }
        Policy policy = Policy.DEFAULT.with(Toggle.SVE_HINT, false);
        CapabilityRegistry registry = CapabilityRegistryTest.registry(policy.withRules(rules));
        for (int query = 0; query < 100_000; query++) {
            Rule rule = rules.get(random.nextInt(rules.size()));
            Functions.Range range = (Functions.Range) rule.match().functions();
            int inside = range.base().value() + random.nextInt((int) range.count());
            Decided decided = registry.query(Conduit.SMC, 0, inside, ExecutionState.A64);
            assertThat(decided.source()).isEqualTo(new Decided.ByRule(rule));
        }
        rules.add(CapabilityRegistryTest.rule(
                CapabilityRegistryTest.range(0x8200_0000 + 777_777 * 512, 1), new Action.Deny(), -1));
        RegistryException refused = org.assertj.core.api.Assertions.catchThrowableOfType(
                RegistryException.class, () -> CapabilityRegistryTest.registry(policy.withRules(rules)));
        assertThat(refused.errors()).as("the one that overlaps is found").hasSize(1);
    }

    /// Whether all identifiers of a rule for SMCCC calls are fast calls in which bit 16 is the only set reserved
    /// bit. It checks them one by one.
    private static boolean namesHintsAlone(Rule rule) {
        if (rule.match().immediate() != 0) {
            return false;
        }
        return switch (rule.match().functions()) {
            case Functions.One(FunctionId id) -> isHinted(id.value());
            case Functions.Range(FunctionId base, long count) -> {
                boolean all = true;
                for (int i = 0; i < count; i++) {
                    all &= isHinted(base.value() + i);
                }
                yield all;
            }
            case Functions.Owner _, Functions.Any _ -> false;
        };
    }

    private static boolean isHinted(int id) {
        return id < 0 && (id & 0xff_0000) == 0x1_0000;
    }

    private static boolean twoClash(List<Rule> rules) {
        for (int one = 0; one < rules.size(); one++) {
            for (int other = one + 1; other < rules.size(); other++) {
                if (clash(rules.get(one), rules.get(other)) || clash(rules.get(other), rules.get(one))) {
                    return true;
                }
            }
        }
        return false;
    }

    private void checkOneQuery(CapabilityRegistry registry, boolean hints, List<Rule> rules) {
        Conduit conduit = random.nextBoolean() ? Conduit.SMC : Conduit.HVC;
        ExecutionState state = STATES.get(random.nextInt(STATES.size()));
        int immediate = random.nextInt(3) == 0 ? 1 : 0;
        int id = randomId() | (random.nextInt(4) == 0 ? 1 << 16 : 0);
        int function = hints && immediate == 0 && isHinted(id) ? id & ~(1 << 16) : id;
        Decided decided = registry.query(conduit, immediate, id, state);
        assertThat(decided.decision())
                .as("%s #%d %s from %s under %s", conduit, immediate, new FunctionId(id), state, rules)
                .isEqualTo(expected(rules, conduit, immediate, function, state));
    }

    /// The table agrees with queries at both ends of each range, and has no gaps.
    private static void checkTable(CapabilityRegistry registry, List<Rule> rules) {
        for (ExecutionState state : STATES) {
            for (int immediate = 0; immediate < 2; immediate++) {
                long next = 0;
                for (CapabilityRegistry.Entry entry : registry.entries(Conduit.HVC, immediate, state)) {
                    int first = entry.range().first().value();
                    int last = entry.range().last().value();
                    assertThat(Integer.toUnsignedLong(first)).as("no gap").isEqualTo(next);
                    assertThat(List.of(
                                    registry.query(Conduit.HVC, immediate, first, state),
                                    registry.query(Conduit.HVC, immediate, last, state)))
                            .as("#%d %s from %s under %s", immediate, entry.range(), state, rules)
                            .containsOnly(entry.decided());
                    next = Integer.toUnsignedLong(last) + 1;
                }
                assertThat(next).as("every identifier is in the table").isEqualTo(1L << 32);
            }
        }
    }

    private static Decision expected(List<Rule> rules, Conduit conduit, int immediate, int id, ExecutionState state) {
        if (immediate == 0 && state.isAarch32() && (id & 1 << 30) != 0) {
            return new Denied(Reason.WIDTH);
        }
        Rule strongest = rules.stream()
                .filter(r -> r.match().conduits().contains(conduit)
                        && r.match().states().contains(state)
                        && r.match().immediate() == immediate
                        && names(r.match().functions(), id))
                .min(Comparator.comparing(Rule::kind))
                .orElse(null);
        String claimant = claimant(immediate, id);
        if (strongest != null) {
            switch (strongest.action()) {
                case Action.Deny _ -> {
                    return new Denied(Reason.BY_RULE);
                }
                case Action.Forward(var service) -> {
                    return new Forwarded(service == null ? "none" : service);
                }
                case Action.Resident _ -> {
                    if (!claimant.isEmpty()) {
                        return new Resident(claimant);
                    }
                }
            }
        }
        if (claimant.isEmpty()) {
            return new Denied(immediate == 0 ? Reason.UNCLAIMED : Reason.IMMEDIATE);
        }
        return new Forwarded(claimant);
    }

    private static String claimant(int immediate, int id) {
        if (immediate != 0) {
            return "";
        }
        if (Integer.compareUnsigned(id, 0x8000_0000) >= 0 && Integer.compareUnsigned(id, 0x8000_ffff) <= 0) {
            return "smccc";
        }
        return Integer.compareUnsigned(id, 0x8400_0000) >= 0 && Integer.compareUnsigned(id, 0x8400_001f) <= 0
                ? "psci"
                : "";
    }

    private static boolean names(Functions functions, int id) {
        long unsigned = Integer.toUnsignedLong(id);
        return switch (functions) {
            case Functions.One(FunctionId one) -> one.value() == id;
            case Functions.Range(FunctionId base, long count) ->
                unsigned >= Integer.toUnsignedLong(base.value())
                        && unsigned < Integer.toUnsignedLong(base.value()) + count;
            case Functions.Owner(int owner) -> {
                FunctionId function = new FunctionId(id);
                yield function.isFast() && function.owner() == owner;
            }
            case Functions.Any _ -> true;
        };
    }

    /// Whether two rules of one kind have a call in common. The ranges are short enough to check all calls.
    private static boolean clash(Rule a, Rule b) {
        if (a.kind() != b.kind()
                || a.match().immediate() != b.match().immediate()
                || a.match().conduits().stream().noneMatch(b.match().conduits()::contains)
                || a.match().states().stream().noneMatch(b.match().states()::contains)) {
            return false;
        }
        if (a.match().functions() instanceof Functions.Any || b.match().functions() instanceof Functions.Any) {
            return true;
        }
        return switch (a.match().functions()) {
            case Functions.Owner _ -> a.match().functions().equals(b.match().functions());
            case Functions.One(FunctionId id) -> names(b.match().functions(), id.value());
            case Functions.Range(FunctionId base, long count) -> {
                boolean meets = false;
                for (int i = 0; i < count; i++) {
                    meets |= names(b.match().functions(), base.value() + i);
                }
                yield meets;
            }
            case Functions.Any _ -> true;
        };
    }

    private List<Rule> randomRules(int count) {
        List<Rule> rules = new ArrayList<>();
        for (int line = 1; line <= count; line++) {
            Match match = new Match(
                    random.nextBoolean() ? EnumSet.allOf(Conduit.class) : EnumSet.of(Conduit.HVC),
                    random.nextInt(4) == 0 ? 1 : 0,
                    randomFunctions(),
                    random.nextBoolean() ? EnumSet.allOf(ExecutionState.class) : EnumSet.of(ExecutionState.A64));
            boolean any = match.functions() instanceof Functions.Any;
            rules.add(new Rule(
                    any ? new Match(match.conduits(), 1, match.functions(), match.states()) : match,
                    random.nextBoolean() ? new Action.Deny() : new Action.Forward("mailbox"),
                    "test: " + line));
        }
        return rules;
    }

    private Functions randomFunctions() {
        return switch (random.nextInt(7)) {
            case 0 -> new Functions.Owner(1 + random.nextInt(6));
            case 1 -> new Functions.Any();
            case 2, 3, 4 -> CapabilityRegistryTest.one(randomId());
            default -> CapabilityRegistryTest.range(randomId(), 1L + random.nextInt(24));
        };
    }

    /// Half of them near PSCI's range, so that rules and queries meet.
    private int randomId() {
        return switch (random.nextInt(4)) {
            case 0 -> 0x8400_0000 + random.nextInt(48);
            case 1 -> 0xc400_0000 + random.nextInt(48);
            case 2 -> 0x8600_0000 + random.nextInt(48);
            default -> 0x8100_0000 + random.nextInt(0x0300_0000);
        };
    }
}
