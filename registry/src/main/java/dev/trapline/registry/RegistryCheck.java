package dev.trapline.registry;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.firmware.KvmRegister;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.policy.Action;
import dev.trapline.abi.policy.Functions;
import dev.trapline.abi.policy.Kind;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.policy.Rule;
import dev.trapline.abi.policy.Toggle;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Finds all errors of a policy, and all conflicts between services.
final class RegistryCheck {

    private static final long BEYOND_LAST = 1L << 32;
    private static final long RESERVED_32 = 0x8000_0000L;
    private static final long RESERVED_64 = 0xc000_0000L;
    private static final long RESERVED_COUNT = 0x1_0000L;
    private static final int HINT_BIT = 16;

    private final Collection<ServiceDescriptor> services;
    private final Policy policy;
    private final List<String> names;
    private final List<IdRange<ServiceDescriptor>> claims = new ArrayList<>();
    /// In the order in which they were found, each only once: two rules may overlap in several planes.
    private final Set<RegistryError> errors = new LinkedHashSet<>();

    RegistryCheck(Collection<ServiceDescriptor> services, Policy policy) {
        this.services = services;
        this.policy = policy;
        this.names = services.stream().map(ServiceDescriptor::name).sorted().toList();
        services.forEach(service -> service.claims().forEach(c -> claims.add(IdRange.of(c, service))));
        claims.sort(IdRange.BY_START);
    }

    List<RegistryError> errors() {
        checkNames();
        checkClaims();
        checkRegisters();
        List<Rule> sound = policy.rules().stream().filter(this::isSound).toList();
        checkOverlaps(sound);
        return List.copyOf(errors);
    }

    private void checkNames() {
        Set<String> known = new TreeSet<>();
        List<String> toggles = new ArrayList<>();
        for (Toggle toggle : Toggle.of(services)) {
            toggles.add(toggle.name());
            if (!known.add(toggle.name())) {
                errors.add(new RegistryError.DuplicateName(toggle.name()));
            }
        }
        for (String toggle : policy.toggles().keySet()) {
            if (!known.contains(toggle)) {
                errors.add(new RegistryError.UnknownToggle(toggle, toggles));
            }
        }
    }

    private void checkClaims() {
        for (int i = 1; i < claims.size(); i++) {
            IdRange<ServiceDescriptor> below = claims.get(i - 1);
            IdRange<ServiceDescriptor> above = claims.get(i);
            if (above.first() <= below.last()) {
                errors.add(RegistryError.ClaimOverlap.of(below, above));
            }
        }
        Map<Integer, String> immediates = new TreeMap<>();
        for (ServiceDescriptor service : services) {
            for (int immediate : service.immediates()) {
                @Nullable String other = immediates.put(immediate, service.name());
                if (other != null) {
                    errors.add(new RegistryError.ImmediateOverlap(other, service.name(), immediate));
                }
            }
        }
    }

    private void checkRegisters() {
        Map<String, String> owners = new TreeMap<>();
        for (ServiceDescriptor service : services) {
            for (KvmRegister register : service.registers()) {
                @Nullable String other = owners.put(register.place(), service.name());
                if (other != null) {
                    errors.add(new RegistryError.RegisterOverlap(other, service.name(), register.place()));
                }
            }
        }
    }

    /// Checks a rule by itself. Only a valid rule can be compared with others.
    private boolean isSound(Rule rule) {
        if (rule.match().functions() instanceof Functions.Range range) {
            if (range.count() <= 0) {
                errors.add(new RegistryError.EmptyRange(rule));
                return false;
            }
            if (Integer.toUnsignedLong(range.base().value()) + range.count() > BEYOND_LAST) {
                errors.add(new RegistryError.WrappingRange(rule));
                return false;
            }
        }
        if (rule.match().immediate() == 0 && reachesReserved(rule)) {
            errors.add(new RegistryError.Reserved(rule));
        }
        if (rule.match().immediate() == 0 && policy.isOn(Toggle.SVE_HINT, true) && namesHintsAlone(rule)) {
            errors.add(new RegistryError.OnlyHinted(rule));
        }
        checkTarget(rule);
        return true;
    }

    private static boolean namesHintsAlone(Rule rule) {
        return IdRange.of(rule).stream()
                .allMatch(range ->
                        range.claim().first().sveHint() && range.first() >>> HINT_BIT == range.last() >>> HINT_BIT);
    }

    private static boolean reachesReserved(Rule rule) {
        return IdRange.of(rule).stream()
                .anyMatch(range -> range.meets(RESERVED_32, RESERVED_32 + RESERVED_COUNT - 1)
                        || range.meets(RESERVED_64, RESERVED_64 + RESERVED_COUNT - 1));
    }

    private void checkTarget(Rule rule) {
        switch (rule.action()) {
            case Action.Deny _ -> {}
            case Action.Resident _ -> checkClaimed(rule);
            case Action.Forward(@Nullable String service) -> {
                if (service == null) {
                    checkClaimed(rule);
                } else if (!names.contains(service)) {
                    errors.add(new RegistryError.UnknownService(rule, service, names));
                }
            }
        }
    }

    private void checkClaimed(Rule rule) {
        int immediate = rule.match().immediate();
        boolean claimed = immediate == 0
                ? IdRange.of(rule).stream().anyMatch(s -> claims.stream().anyMatch(c -> c.meets(s.first(), s.last())))
                : services.stream().anyMatch(s -> s.immediates().contains(immediate));
        if (!claimed) {
            errors.add(new RegistryError.NobodyClaims(rule));
        }
    }

    /// Within one plane, one #imm and one kind, rules must not overlap.
    private void checkOverlaps(List<Rule> rules) {
        Map<Group, List<IdRange<Rule>>> groups = new TreeMap<>();
        for (Rule rule : rules) {
            for (Conduit conduit : rule.match().conduits()) {
                for (ExecutionState state : rule.match().states()) {
                    groups.computeIfAbsent(
                                    new Group(rule.kind(), rule.match().immediate(), conduit, state),
                                    _ -> new ArrayList<>())
                            .addAll(IdRange.of(rule));
                }
            }
        }
        groups.forEach(this::checkGroup);
    }

    private void checkGroup(Group group, List<IdRange<Rule>> ranges) {
        ranges.sort(IdRange.BY_START);
        IdRange<Rule> farthest = ranges.getFirst();
        for (IdRange<Rule> next : ranges.subList(1, ranges.size())) {
            if (next.first() <= farthest.last()) {
                errors.add(new RegistryError.Overlap(group.kind(), farthest.owner(), next.owner()));
            }
            farthest = next.last() > farthest.last() ? next : farthest;
        }
    }

    private record Group(Kind kind, int immediate, Conduit conduit, ExecutionState state) implements Comparable<Group> {
        @Override
        public int compareTo(Group other) {
            return Comparator.comparing(Group::kind)
                    .thenComparingInt(Group::immediate)
                    .thenComparing(Group::conduit)
                    .thenComparing(Group::state)
                    .compare(this, other);
        }
    }
}
