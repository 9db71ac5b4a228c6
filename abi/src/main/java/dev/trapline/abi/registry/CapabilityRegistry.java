package dev.trapline.abi.registry;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.smccc.FunctionId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The immutable table that decides what becomes of every call, and that anybody can ask without making it.
///
/// Total: each (conduit, #imm, function identifier, execution state) has exactly one decision. What no rule names goes
/// to the service that claims it, in place if that service is resident; what no service claims is denied. Nothing is
/// hard-coded: PSCI is an ordinary entry. A look-up is a binary search over disjoint ranges and allocates nothing.
public final class CapabilityRegistry {

    private static final Decision UNCLAIMED = new Decision.Denied(Decision.Reason.UNCLAIMED);
    private static final Decision BY_RULE = new Decision.Denied(Decision.Reason.BY_RULE);
    private static final Decision IMMEDIATE = new Decision.Denied(Decision.Reason.IMMEDIATE);
    private static final Decision WIDTH = new Decision.Denied(Decision.Reason.WIDTH);
    private static final Decision CONDITION = new Decision.Denied(Decision.Reason.CONDITION);

    private final List<Entry> entries;
    /// First identifier of each entry, biased by 2^31 so that signed comparison orders them as unsigned.
    private final int[] starts;

    /// A stretch of function identifiers with one decision.
    public record Entry(Claim range, Decision decision) {}

    private CapabilityRegistry(List<Entry> entries) {
        this.entries = List.copyOf(entries);
        this.starts = entries.stream()
                .mapToInt(e -> biased(e.range().first().value()))
                .toArray();
    }

    /// Builds the table.
    ///
    /// @param services all services of the machine
    /// @param resident names of those that are answered in place
    /// @param rules the policy; a rule wins over a service's claim
    /// @throws RegistryException with every contradiction found: two services of one name, two claims or two rules
    ///     that overlap, a resident service that does not exist
    public static CapabilityRegistry of(
            Collection<ServiceDescriptor> services, Collection<String> resident, Collection<Rule> rules) {
        List<String> errors = new ArrayList<>();
        Set<String> names = new TreeSet<>();
        List<Owned<String>> claims = new ArrayList<>();
        for (ServiceDescriptor service : services) {
            if (!names.add(service.name())) {
                errors.add("two services are named '" + service.name() + "'");
            }
            service.claims().forEach(c -> claims.add(new Owned<>(c, service.name())));
        }
        for (String name : resident) {
            if (!names.contains(name)) {
                errors.add("'" + name + "' cannot be resident: there is no such service (there are: "
                        + String.join(", ", names) + ")");
            }
        }
        List<Owned<Rule>> policy =
                rules.stream().map(r -> new Owned<>(r.range(), r)).toList();
        reportOverlaps(claims, name -> "the claim of service '" + name + "'", errors);
        reportOverlaps(policy, rule -> "the rule at " + rule.origin(), errors);
        if (!errors.isEmpty()) {
            throw new RegistryException(errors);
        }
        return new CapabilityRegistry(entries(claims, policy, new TreeSet<>(resident)));
    }

    /// What becomes of a call that was made.
    public Decision decide(HypercallExit exit) {
        return exit.conditionPassed()
                ? query(exit.conduit(), exit.immediate(), (int) exit.registers().x(0), exit.state())
                : CONDITION;
    }

    /// What would become of a call, without making it.
    ///
    /// @param immediate the instruction's #imm
    /// @param functionId the value of w0
    public Decision query(Conduit conduit, int immediate, int functionId, ExecutionState state) {
        if (immediate != 0) {
            return IMMEDIATE;
        }
        if (state.isAarch32() && (functionId & 1 << 30) != 0) {
            return WIDTH;
        }
        int at = lastStartingAtOrBelow(biased(functionId));
        if (at < 0) {
            return UNCLAIMED;
        }
        Entry entry = entries.get(at);
        return biased(functionId) <= biased(entry.range().last().value()) ? entry.decision() : UNCLAIMED;
    }

    /// The table: disjoint, in ascending order. What it does not name is denied as unclaimed.
    public List<Entry> entries() {
        return entries;
    }

    private int lastStartingAtOrBelow(int biasedId) {
        int low = 0;
        int high = starts.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (starts[middle] <= biasedId) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    private static int biased(int functionId) {
        return functionId ^ Integer.MIN_VALUE;
    }

    private record Owned<T>(Claim range, T owner) {}

    private static <T> void reportOverlaps(
            List<Owned<T>> owned, java.util.function.Function<T, String> describe, List<String> errors) {
        List<Owned<T>> sorted = new ArrayList<>(owned);
        sorted.sort(Comparator.comparing(o -> o.range().first()));
        for (int i = 1; i < sorted.size(); i++) {
            Owned<T> below = sorted.get(i - 1);
            Owned<T> above = sorted.get(i);
            if (above.range().first().compareTo(below.range().last()) <= 0) {
                errors.add(describe.apply(below.owner()) + " (" + below.range().first() + " to "
                        + below.range().last() + ") and " + describe.apply(above.owner()) + " ("
                        + above.range().first() + " to " + above.range().last() + ") overlap");
            }
        }
    }

    /// Cuts the identifier space at every edge of a claim or a rule, and gives each piece its one decision.
    private static List<Entry> entries(List<Owned<String>> claims, List<Owned<Rule>> policy, Set<String> resident) {
        TreeSet<Long> edges = new TreeSet<>();
        claims.forEach(c -> addEdges(edges, c.range()));
        policy.forEach(r -> addEdges(edges, r.range()));
        List<Entry> entries = new ArrayList<>();
        Long start = null;
        for (Long edge : edges) {
            if (start != null) {
                FunctionId first = new FunctionId((int) (long) start);
                Decision decision = decisionAt(first, claims, policy, resident);
                if (!decision.equals(UNCLAIMED)) {
                    entries.add(new Entry(new Claim(first, new FunctionId((int) (edge - 1))), decision));
                }
            }
            start = edge;
        }
        return entries;
    }

    private static void addEdges(Set<Long> edges, Claim range) {
        edges.add(Integer.toUnsignedLong(range.first().value()));
        edges.add(Integer.toUnsignedLong(range.last().value()) + 1);
    }

    private static Decision decisionAt(
            FunctionId id, List<Owned<String>> claims, List<Owned<Rule>> policy, Set<String> resident) {
        String claimant = find(id, claims);
        Rule rule = find(id, policy);
        if (rule != null && rule.action() == Rule.Action.DENY) {
            return BY_RULE;
        }
        if (claimant == null) {
            return UNCLAIMED;
        }
        boolean inPlace = rule == null ? resident.contains(claimant) : rule.action() == Rule.Action.RESIDENT;
        return inPlace ? new Decision.Resident(claimant) : new Decision.Forwarded(claimant);
    }

    private static <T> @org.jspecify.annotations.Nullable T find(FunctionId id, List<Owned<T>> owned) {
        for (Owned<T> candidate : owned) {
            if (candidate.range().contains(id)) {
                return candidate.owner();
            }
        }
        return null;
    }
}
