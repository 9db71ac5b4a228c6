package dev.trapline.abi.fault;

import dev.trapline.abi.machine.RunSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The faults of a run. A call has at most one: that of the first rule, in this order, whose occasion it is.
public record FaultPlan(List<FaultRule> rules) {

    /// No faults.
    public static final FaultPlan NONE = new FaultPlan(List.of());

    /// @throws IllegalArgumentException if two rules have one name, or a rule waits for one that is not among them,
    ///     or for itself
    public FaultPlan {
        rules = List.copyOf(rules);
        Set<String> names = new TreeSet<>();
        for (FaultRule rule : rules) {
            if (!names.add(rule.name())) {
                throw new IllegalArgumentException("two faults have the name '" + rule.name() + "'");
            }
        }
        for (FaultRule rule : rules) {
            String after = rule.when().after();
            if (!after.isEmpty() && (after.equals(rule.name()) || !names.contains(after))) {
                throw new IllegalArgumentException(
                        "the fault '" + rule.name() + "' comes after '" + after + "', which is no other fault");
            }
        }
        requireBeginnings(rules);
    }

    /// Of faults that come after each other in a circle, none can be the first.
    private static void requireBeginnings(List<FaultRule> rules) {
        Set<String> possible = new TreeSet<>(List.of(""));
        List<FaultRule> left = new ArrayList<>(rules);
        while (left.removeIf(rule -> possible.contains(rule.when().after()) && possible.add(rule.name()))) {
            // Those that come after these are possible now.
        }
        if (!left.isEmpty()) {
            throw new IllegalArgumentException(
                    "the fault '" + left.getFirst().name() + "' can never be: it comes after one that waits for it");
        }
    }

    /// A plan of some rules.
    public static FaultPlan of(FaultRule... rules) {
        return new FaultPlan(List.of(rules));
    }

    /// Whether some of its faults are defects of devices.
    public boolean hasDefects() {
        return rules.stream().anyMatch(rule -> rule.what() instanceof MachineFault.Defective);
    }

    /// A run that may have these faults, and those that it could have before.
    public RunSpec allowedIn(RunSpec run) {
        return hasDefects() ? run.withDefects() : run.withFaults(run.faults() || !isEmpty());
    }

    /// Whether there is none.
    public boolean isEmpty() {
        return rules.isEmpty();
    }
}
