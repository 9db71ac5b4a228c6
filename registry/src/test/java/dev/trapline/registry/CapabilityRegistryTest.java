package dev.trapline.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.policy.Action;
import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.policy.Decision.Denied;
import dev.trapline.abi.policy.Decision.Forwarded;
import dev.trapline.abi.policy.Decision.Reason;
import dev.trapline.abi.policy.Decision.Resident;
import dev.trapline.abi.policy.Functions;
import dev.trapline.abi.policy.Kind;
import dev.trapline.abi.policy.Match;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.policy.Rule;
import dev.trapline.abi.smccc.FunctionId;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class CapabilityRegistryTest {

    static final ServiceDescriptor PSCI = service("psci", 0x8400_0000, 0x8400_001f);
    static final ServiceDescriptor SMCCC = service("smccc", 0x8000_0000, 0x8000_ffff);
    private static final ServiceDescriptor MAILBOX =
            new ServiceDescriptor("mailbox", "1", List.of(), List.of(0x4a48), List.of(), List.of());
    private static final List<ServiceDescriptor> SERVICES = List.of(PSCI, SMCCC, MAILBOX);
    private static final int CPU_ON = 0x8400_0003;

    @Test
    void aClaimedCallGoesToItsServiceAndAResidentOneInPlace() {
        CapabilityRegistry registry = registry(Policy.DEFAULT.withResident("smccc"));
        assertThat(decision(registry, CPU_ON)).isEqualTo(new Forwarded("psci"));
        assertThat(decision(registry, 0x8000_0000)).isEqualTo(new Resident("smccc"));
    }

    @Test
    void whatNobodyClaimsIsDenied() {
        CapabilityRegistry registry = registry(Policy.DEFAULT);
        for (int id : new int[] {0, 1, -1, 0x8400_0020, 0x83ff_ffff, 0x7fff_ffff, 0x8002_0000, 0xc400_0003}) {
            assertThat(decision(registry, id))
                    .as(new FunctionId(id).toString())
                    .isEqualTo(new Denied(Reason.UNCLAIMED));
        }
    }

    @Test
    void aCallWithAnImmediateIsDeniedUnlessAServiceClaimsItOrARuleForwardsIt() {
        CapabilityRegistry registry = registry(Policy.DEFAULT.withRules(
                List.of(new Rule(Match.of(Conduit.SMC, 7), new Action.Forward("mailbox"), "test: 1"))));
        assertThat(decision(registry, Conduit.HVC, 1, CPU_ON)).isEqualTo(new Denied(Reason.IMMEDIATE));
        assertThat(decision(registry, Conduit.SMC, 0x4a48, CPU_ON))
                .as("services claim only by HVC")
                .isEqualTo(new Denied(Reason.IMMEDIATE));
        assertThat(decision(registry, Conduit.HVC, 0x4a48, CPU_ON))
                .as("for any value of w0")
                .isEqualTo(new Forwarded("mailbox"));
        assertThat(decision(registry, Conduit.SMC, 7, 0)).isEqualTo(new Forwarded("mailbox"));
    }

    @Test
    void a64BitFunctionCannotBeCalledFromAarch32() {
        CapabilityRegistry registry =
                CapabilityRegistry.of(List.of(service("psci", 0xc400_0000, 0xc400_001f)), Policy.DEFAULT);
        for (ExecutionState state : ExecutionState.values()) {
            assertThat(registry.query(Conduit.SMC, 0, 0xc400_0003, state).decision())
                    .isEqualTo(
                            switch (state) {
                                case A64 -> new Forwarded("psci");
                                case A32, T32 -> new Denied(Reason.WIDTH);
                            });
        }
    }

    @Test
    void anExactRuleIsStrongerThanARangeAndARangeThanAnOwner() {
        CapabilityRegistry registry = registry(Policy.DEFAULT.withRules(List.of(
                rule(new Functions.Owner(4), new Action.Deny(), 1),
                rule(range(0x8400_0000, 8), new Action.Forward(null), 2),
                rule(one(CPU_ON), new Action.Resident(), 3))));
        assertThat(decided(registry, CPU_ON)).satisfies(v -> {
            assertThat(v.decision()).isEqualTo(new Resident("psci"));
            assertThat(v.kind()).isEqualTo(Kind.EXACT);
            assertThat(v.origin()).isEqualTo("test: 3");
        });
        assertThat(decided(registry, 0x8400_0004)).satisfies(v -> {
            assertThat(v.decision())
                    .as("deny owner 4, but keep this part of PSCI")
                    .isEqualTo(new Forwarded("psci"));
            assertThat(v.kind()).isEqualTo(Kind.RANGE);
        });
        assertThat(decided(registry, 0x8400_0008)).satisfies(v -> {
            assertThat(v.decision()).isEqualTo(new Denied(Reason.BY_RULE));
            assertThat(v.kind()).isEqualTo(Kind.OWNER);
            assertThat(v.decidedBy()).isEqualTo("owner 4");
        });
        assertThat(decided(registry, 0xc400_0003).kind())
                .as("an owner has SMC32 and SMC64 calls")
                .isEqualTo(Kind.OWNER);
        assertThat(decided(registry, 0x0400_0003).kind())
                .as("its yielding calls are not named")
                .isEqualTo(Kind.DEFAULT);
    }

    @Test
    void aToggleIsStrongerThanEveryRule() {
        List<Rule> rules = List.of(rule(one(CPU_ON), new Action.Forward("psci"), 1));
        assertThat(decided(registry(Policy.DEFAULT.withRules(rules).with("psci", false)), CPU_ON))
                .satisfies(v -> {
                    assertThat(v.decision()).isEqualTo(new Denied(Reason.BY_TOGGLE));
                    assertThat(v.kind()).isEqualTo(Kind.TOGGLE);
                    assertThat(v.decidedBy()).isEqualTo("toggle 'psci' is off");
                });
        CapabilityRegistry withoutHvc = registry(Policy.DEFAULT.withRules(rules).with("hvc", false));
        assertThat(decision(withoutHvc, CPU_ON)).isEqualTo(new Denied(Reason.BY_TOGGLE));
        assertThat(decision(withoutHvc, Conduit.HVC, 0x4a48, 0)).isEqualTo(new Denied(Reason.BY_TOGGLE));
        assertThat(decision(withoutHvc, Conduit.SMC, 0, CPU_ON)).isEqualTo(new Forwarded("psci"));
    }

    @Test
    void withPsciToUserOffPsciIsAnsweredInPlaceWhateverARuleSays() {
        Policy policy = Policy.DEFAULT
                .with("psci-to-user", false)
                .withRules(List.of(rule(one(CPU_ON), new Action.Forward(null), 1)));
        assertThat(decision(registry(policy), CPU_ON)).isEqualTo(new Resident("psci"));
        assertThat(decision(registry(policy), 0x8400_0000)).isEqualTo(new Resident("psci"));
    }

    @Test
    void withForwardUnhandledOffOnlyResidentServicesAndNamedCallsAreAnswered() {
        CapabilityRegistry registry = registry(Policy.DEFAULT
                .with("forward-unhandled", false)
                .withResident("smccc")
                .withRules(List.of(rule(one(0x8400_0000), new Action.Forward(null), 1))));
        assertThat(decision(registry, 0x8000_0000)).isEqualTo(new Resident("smccc"));
        assertThat(decision(registry, 0x8400_0000)).isEqualTo(new Forwarded("psci"));
        assertThat(decision(registry, CPU_ON)).isEqualTo(new Denied(Reason.NOT_FORWARDED));
    }

    @Test
    void aRuleMayNameOneConduitOrOneExecutionState() {
        Match byHvc = new Match(
                EnumSet.of(Conduit.HVC), 0, new Functions.One(new FunctionId(CPU_ON)), EnumSet.of(ExecutionState.T32));
        CapabilityRegistry registry =
                registry(Policy.DEFAULT.withRules(List.of(new Rule(byHvc, new Action.Deny(), "test: 1"))));
        for (Conduit conduit : Conduit.values()) {
            for (ExecutionState state : ExecutionState.values()) {
                boolean named = conduit == Conduit.HVC && state == ExecutionState.T32;
                assertThat(registry.query(conduit, 0, CPU_ON, state).decision())
                        .as(conduit + " from " + state)
                        .isEqualTo(named ? new Denied(Reason.BY_RULE) : new Forwarded("psci"));
            }
        }
    }

    @Test
    void aClaimUpToTheVeryLastIdentifierIsWhole() {
        CapabilityRegistry registry = CapabilityRegistry.of(List.of(service("all", 0, 0xffff_ffff)), Policy.DEFAULT);
        for (int id : new int[] {0, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff}) {
            assertThat(decision(registry, id)).isEqualTo(new Forwarded("all"));
        }
    }

    @Test
    void theEntriesCoverEveryIdentifierOnceAndSayWhatAQuerySays() {
        CapabilityRegistry registry = registry(Policy.DEFAULT.withResident("smccc"));
        long next = 0;
        for (CapabilityRegistry.Entry entry : registry.entries(Conduit.HVC, ExecutionState.A64)) {
            long first = Integer.toUnsignedLong(entry.range().first().value());
            assertThat(first).as("no gap, no overlap").isEqualTo(next);
            assertThat(decided(registry, entry.range().first().value())).isEqualTo(entry.decided());
            assertThat(decided(registry, entry.range().last().value())).isEqualTo(entry.decided());
            next = Integer.toUnsignedLong(entry.range().last().value()) + 1;
        }
        assertThat(next).isEqualTo(1L << 32);
        assertThat(registry.immediates(Conduit.HVC, ExecutionState.A64)).containsExactly(0x4a48);
    }

    @Test
    void aCallThatFailedItsConditionCheckIsDenied() {
        long[] registers = new long[GeneralRegisters.COUNT];
        registers[0] = Integer.toUnsignedLong(CPU_ON);
        HypercallExit exit =
                new HypercallExit(Conduit.SMC, 0, ExecutionState.A32, 1, 4, false, GeneralRegisters.copyOf(registers));
        assertThat(registry(Policy.DEFAULT).decide(exit)).isEqualTo(new Denied(Reason.CONDITION));
    }

    /// DEN0028 §2.5: from SMCCC 1.3 on, bit 16 of a fast call is not part of the function's identity.
    @Test
    void theSveHintOfAFastCallNamesNoOtherFunction() {
        CapabilityRegistry registry = registry(
                Policy.DEFAULT.withResident("smccc").withRules(List.of(rule(one(CPU_ON), new Action.Deny(), 1))));
        assertThat(decision(registry, 0x8401_0000)).as("PSCI_VERSION").isEqualTo(new Forwarded("psci"));
        assertThat(decision(registry, 0x8001_0000)).as("SMCCC_VERSION").isEqualTo(new Resident("smccc"));
        assertThat(decided(registry, 0x8401_0003))
                .as("a rule names the function")
                .isEqualTo(decided(registry, CPU_ON));
        for (int id : new int[] {0x8402_0003, 0x8403_0003}) {
            assertThat(decision(registry, id))
                    .as("the other reserved bits stay what they are")
                    .isEqualTo(new Denied(Reason.UNCLAIMED));
        }
        assertThat(decision(registry, 0x0401_0003))
                .as("a yielding call has no hint")
                .isEqualTo(new Denied(Reason.UNCLAIMED));
        assertThat(registry.named(0x8401_0003)).isEqualTo(new FunctionId(CPU_ON));
    }

    @Test
    void withSveHintOffBit16IsPartOfTheIdentifierAsForTheKernelsFilter() {
        CapabilityRegistry registry = registry(Policy.DEFAULT
                .with("sve-hint", false)
                .withRules(List.of(rule(one(0x8401_0003), new Action.Forward("mailbox"), 1))));
        assertThat(decision(registry, 0x8401_0000)).isEqualTo(new Denied(Reason.UNCLAIMED));
        assertThat(decision(registry, 0x8401_0003)).as("a rule can name it").isEqualTo(new Forwarded("mailbox"));
        assertThat(decision(registry, CPU_ON)).isEqualTo(new Forwarded("psci"));
        assertThat(registry.named(0x8401_0003)).isEqualTo(new FunctionId(0x8401_0003));
    }

    @Test
    void theFunctionsOfAllServicesAreListedInOrder() {
        ServiceDescriptor one = new ServiceDescriptor(
                "one",
                "1",
                List.of(),
                List.of(
                        new ServiceDescriptor.Function(new FunctionId(0xc400_0003), "B", List.of(), List.of()),
                        new ServiceDescriptor.Function(new FunctionId(0x8400_0003), "A", List.of(), List.of())),
                List.of());
        assertThat(CapabilityRegistry.of(List.of(one, PSCI), Policy.DEFAULT).functions())
                .containsExactly(new FunctionId(0x8400_0003), new FunctionId(0xc400_0003));
    }

    static CapabilityRegistry registry(Policy policy) {
        return CapabilityRegistry.of(SERVICES, policy);
    }

    private static Decided decided(CapabilityRegistry registry, int id) {
        return registry.query(Conduit.HVC, 0, id, ExecutionState.A64);
    }

    private static Decision decision(CapabilityRegistry registry, int id) {
        return decided(registry, id).decision();
    }

    private static Decision decision(CapabilityRegistry registry, Conduit conduit, int immediate, int id) {
        return registry.query(conduit, immediate, id, ExecutionState.A64).decision();
    }

    static Rule rule(Functions functions, Action action, int line) {
        return new Rule(Match.of(functions), action, "test: " + line);
    }

    static Functions one(int id) {
        return new Functions.One(new FunctionId(id));
    }

    static Functions range(int base, long count) {
        return new Functions.Range(new FunctionId(base), count);
    }

    static ServiceDescriptor service(String name, int first, int last) {
        return new ServiceDescriptor(
                name, "1", List.of(new Claim(new FunctionId(first), new FunctionId(last))), List.of(), List.of());
    }
}
