package dev.trapline.registry;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.policy.Kind;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.policy.Rule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// Compiles claims, toggles and rules into tables. Contradictions were refused before.
final class RegistryCompiler {

    private static final long BEYOND_LAST = 1L << 32;

    private final List<IdRange<ServiceDescriptor>> claims = new ArrayList<>();
    private final SortedMap<Integer, ServiceDescriptor> immediateClaims = new TreeMap<>();
    private final Policy policy;
    private final Decider decider;

    RegistryCompiler(Collection<ServiceDescriptor> services, Policy policy) {
        this.policy = policy;
        this.decider = new Decider(policy);
        for (ServiceDescriptor service : services) {
            service.claims().forEach(claim -> claims.add(IdRange.of(claim, service)));
            service.immediates().forEach(immediate -> immediateClaims.put(immediate, service));
        }
        claims.sort(IdRange.BY_START);
    }

    /// One plane for each conduit and execution state, at [CapabilityRegistry#planeOf].
    Plane[] compile() {
        Plane[] planes = new Plane[Conduit.values().length * ExecutionState.values().length];
        for (Conduit conduit : Conduit.values()) {
            for (ExecutionState state : ExecutionState.values()) {
                planes[CapabilityRegistry.planeOf(conduit, state)] = plane(conduit, state);
            }
        }
        return planes;
    }

    private Plane plane(Conduit conduit, ExecutionState state) {
        Decided off = decider.conduitOff(conduit);
        List<Rule> rules = policy.rules().stream()
                .filter(rule -> rule.match().conduits().contains(conduit)
                        && rule.match().states().contains(state))
                .toList();
        SortedSet<Integer> immediates = new TreeSet<>();
        rules.forEach(rule -> immediates.add(rule.match().immediate()));
        if (conduit == Conduit.HVC) {
            immediates.addAll(immediateClaims.keySet());
        }
        if (off != null) {
            return new Plane(DecisionTable.of(off), new TreeMap<>(), off);
        }
        SortedMap<Integer, DecisionTable> tables = new TreeMap<>();
        for (int immediate : immediates.tailSet(1)) {
            tables.put(immediate, table(conduit, immediate, rules));
        }
        return new Plane(table(conduit, 0, rules), tables, decider.unnamedImmediate());
    }

    private DecisionTable table(Conduit conduit, int immediate, List<Rule> planeRules) {
        List<IdRange<Rule>> rules = new ArrayList<>();
        for (Rule rule : planeRules) {
            if (rule.match().immediate() == immediate) {
                rules.addAll(IdRange.of(rule));
            }
        }
        rules.sort(IdRange.BY_START);
        Cursor<Rule> exact = new Cursor<>(ofKind(rules, Kind.EXACT));
        Cursor<Rule> range = new Cursor<>(ofKind(rules, Kind.RANGE));
        Cursor<Rule> owner = new Cursor<>(ofKind(rules, Kind.OWNER));
        Cursor<ServiceDescriptor> claimed = new Cursor<>(immediate == 0 ? claims : List.of());
        ServiceDescriptor byImmediate = conduit == Conduit.HVC ? immediateClaims.get(immediate) : null;
        DecisionTable.Builder table = new DecisionTable.Builder();
        for (long edge : edges(rules, immediate == 0 ? claims : List.of())) {
            ServiceDescriptor claimant = immediate == 0 ? claimed.at(edge) : byImmediate;
            Rule rule = firstOf(exact.at(edge), range.at(edge), owner.at(edge));
            table.add(edge, decider.of(rule, claimant, immediate));
        }
        return table.build();
    }

    private static @Nullable Rule firstOf(@Nullable Rule exact, @Nullable Rule range, @Nullable Rule owner) {
        if (exact != null) {
            return exact;
        }
        return range != null ? range : owner;
    }

    private static List<IdRange<Rule>> ofKind(List<IdRange<Rule>> rules, Kind kind) {
        return rules.stream().filter(r -> r.owner().kind() == kind).toList();
    }

    /// Every identifier at which a range begins or that follows its end, ascending, and 0.
    private static long[] edges(List<IdRange<Rule>> rules, List<IdRange<ServiceDescriptor>> claims) {
        LongStream all = LongStream.concat(
                LongStream.concat(LongStream.of(0), rules.stream().flatMapToLong(IdRange::edges)),
                claims.stream().flatMapToLong(IdRange::edges));
        return Arrays.stream(all.sorted().distinct().toArray())
                .filter(edge -> edge < BEYOND_LAST)
                .toArray();
    }

    /// Walks along disjoint ranges in ascending order.
    private static final class Cursor<T> {
        private final List<IdRange<T>> ranges;
        private int next;

        private Cursor(List<IdRange<T>> ranges) {
            this.ranges = ranges;
        }

        /// The owner of the range that contains an identifier. Callers ask for identifiers in ascending order.
        @Nullable
        T at(long identifier) {
            while (next < ranges.size() && ranges.get(next).last() < identifier) {
                next++;
            }
            return next < ranges.size() && ranges.get(next).first() <= identifier
                    ? ranges.get(next).owner()
                    : null;
        }
    }
}
