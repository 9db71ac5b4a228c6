package dev.trapline.abi.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.registry.Decision.Denied;
import dev.trapline.abi.registry.Decision.Forwarded;
import dev.trapline.abi.registry.Decision.Reason;
import dev.trapline.abi.registry.Decision.Resident;
import dev.trapline.abi.smccc.FunctionId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class CapabilityRegistryTest {

    private static final ServiceDescriptor PSCI = service("psci", 0x8400_0000, 0x8400_001f);
    private static final ServiceDescriptor SMCCC = service("smccc", 0x8000_0000, 0x8000_ffff);

    @Test
    void aClaimedCallGoesToItsServiceAndAResidentOneInPlace() {
        CapabilityRegistry registry = CapabilityRegistry.of(List.of(PSCI, SMCCC), List.of("smccc"), List.of());
        assertThat(query(registry, 0x8400_0003)).isEqualTo(new Forwarded("psci"));
        assertThat(query(registry, 0x8000_0000)).isEqualTo(new Resident("smccc"));
    }

    @Test
    void whatNobodyClaimsIsDenied() {
        CapabilityRegistry registry = CapabilityRegistry.of(List.of(PSCI, SMCCC), List.of(), List.of());
        for (int id : new int[] {0, 1, -1, 0x8400_0020, 0x83ff_ffff, 0x7fff_ffff, 0x8001_0000, 0xc400_0003}) {
            assertThat(query(registry, id)).as(new FunctionId(id).toString()).isEqualTo(new Denied(Reason.UNCLAIMED));
        }
    }

    @Test
    void aCallWithAnImmediateIsNoSmcccCall() {
        CapabilityRegistry registry = CapabilityRegistry.of(List.of(PSCI), List.of(), List.of());
        assertThat(registry.query(Conduit.HVC, 1, 0x8400_0003, ExecutionState.A64))
                .isEqualTo(new Denied(Reason.IMMEDIATE));
    }

    @Test
    void a64BitFunctionCannotBeCalledFromAarch32() {
        CapabilityRegistry registry =
                CapabilityRegistry.of(List.of(service("psci", 0xc400_0000, 0xc400_001f)), List.of(), List.of());
        assertThat(registry.query(Conduit.SMC, 0, 0xc400_0003, ExecutionState.T32))
                .isEqualTo(new Denied(Reason.WIDTH));
        assertThat(registry.query(Conduit.SMC, 0, 0xc400_0003, ExecutionState.A64))
                .isEqualTo(new Forwarded("psci"));
    }

    @Test
    void aRuleWinsOverAClaimAndOnlyInItsRange() {
        Rule noCpuOn = new Rule(claim(0x8400_0003, 0x8400_0003), Rule.Action.DENY, "test: 1");
        Rule inPlace = new Rule(claim(0x8400_0008, 0x8400_0009), Rule.Action.RESIDENT, "test: 2");
        CapabilityRegistry registry = CapabilityRegistry.of(List.of(PSCI), List.of(), List.of(noCpuOn, inPlace));
        assertThat(query(registry, 0x8400_0003)).isEqualTo(new Denied(Reason.BY_RULE));
        assertThat(query(registry, 0x8400_0008)).isEqualTo(new Resident("psci"));
        assertThat(query(registry, 0x8400_0002)).isEqualTo(new Forwarded("psci"));
        assertThat(query(registry, 0x8400_0004)).isEqualTo(new Forwarded("psci"));
        assertThat(query(registry, 0x8400_000a)).isEqualTo(new Forwarded("psci"));
    }

    @Test
    void everyContradictionIsReportedAtOnce() {
        assertThatThrownBy(() -> CapabilityRegistry.of(
                        List.of(PSCI, service("psci2", 0x8400_001f, 0x8400_0030)),
                        List.of("trng"),
                        List.of(
                                new Rule(claim(1, 5), Rule.Action.DENY, "a.conf: 3"),
                                new Rule(claim(5, 9), Rule.Action.FORWARD, "a.conf: 4"))))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("'trng' cannot be resident")
                .hasMessageContaining("'psci' (0x84000000 to 0x8400001F) and the claim of service 'psci2'")
                .hasMessageContaining("the rule at a.conf: 3 (0x00000001 to 0x00000005) and the rule at a.conf: 4");
    }

    @Test
    void aClaimUpToTheVeryLastIdentifierIsWhole() {
        CapabilityRegistry registry =
                CapabilityRegistry.of(List.of(service("all", 0, 0xffff_ffff)), List.of(), List.of());
        for (int id : new int[] {0, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff}) {
            assertThat(query(registry, id)).isEqualTo(new Forwarded("all"));
        }
    }

    @Test
    void aCallThatFailedItsConditionCheckIsDenied() {
        CapabilityRegistry registry = CapabilityRegistry.of(List.of(PSCI), List.of(), List.of());
        long[] registers = new long[GeneralRegisters.COUNT];
        registers[0] = 0x8400_0003L;
        HypercallExit exit =
                new HypercallExit(Conduit.SMC, 0, ExecutionState.A32, 1, 4, false, GeneralRegisters.copyOf(registers));
        assertThat(registry.decide(exit)).isEqualTo(new Denied(Reason.CONDITION));
    }

    /// The oracle looks each identifier up the slow way, range by range.
    @Property
    void theTableAgreesWithLookingRangeByRange(
            @ForAll("disjointRanges") List<Claim> claims,
            @ForAll("disjointRanges") List<Claim> denied,
            @ForAll("identifiers") int id) {
        List<ServiceDescriptor> services = new ArrayList<>();
        for (int i = 0; i < claims.size(); i++) {
            services.add(new ServiceDescriptor("s" + i, "1", List.of(claims.get(i)), List.of(), List.of()));
        }
        List<Rule> rules = denied.stream()
                .map(r -> new Rule(r, Rule.Action.DENY, "generated"))
                .toList();
        CapabilityRegistry registry = CapabilityRegistry.of(services, List.of(), rules);
        FunctionId function = new FunctionId(id);
        Decision expected = denied.stream().anyMatch(r -> r.contains(function))
                ? new Denied(Reason.BY_RULE)
                : services.stream()
                        .filter(s -> s.claims().getFirst().contains(function))
                        .<Decision>map(s -> new Forwarded(s.name()))
                        .findFirst()
                        .orElse(new Denied(Reason.UNCLAIMED));
        assertThat(query(registry, id)).isEqualTo(expected);
    }

    @Provide
    Arbitrary<List<Claim>> disjointRanges() {
        return Arbitraries.integers()
                .array(int[].class)
                .ofMinSize(0)
                .ofMaxSize(12)
                .map(ids -> {
                    int[] edges = Arrays.stream(ids)
                            .distinct()
                            .boxed()
                            .sorted(Integer::compareUnsigned)
                            .mapToInt(i -> i)
                            .toArray();
                    List<Claim> ranges = new ArrayList<>();
                    for (int i = 0; i + 1 < edges.length; i += 2) {
                        ranges.add(claim(edges[i], edges[i + 1]));
                    }
                    return ranges;
                });
    }

    @Provide
    Arbitrary<Integer> identifiers() {
        return Arbitraries.integers();
    }

    private static Decision query(CapabilityRegistry registry, int id) {
        return registry.query(Conduit.HVC, 0, id, ExecutionState.A64);
    }

    private static ServiceDescriptor service(String name, int first, int last) {
        return new ServiceDescriptor(name, "1", List.of(claim(first, last)), List.of(), List.of());
    }

    private static Claim claim(int first, int last) {
        return new Claim(new FunctionId(first), new FunctionId(last));
    }
}
