package dev.trapline.explore;

import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.fault.InputPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Parts of plans of faults.
final class Plans {

    private Plans() {}

    /// Some rules of a plan, in its order, with those that they come after.
    static FaultPlan only(FaultPlan plan, Set<String> names) {
        Set<String> chosen = new TreeSet<>(names);
        boolean grows = true;
        while (grows) {
            grows = false;
            for (FaultRule rule : plan.rules()) {
                String after = rule.when().after();
                grows |= chosen.contains(rule.name()) && !after.isEmpty() && chosen.add(after);
            }
        }
        List<FaultRule> rules = new ArrayList<>(plan.rules());
        rules.removeIf(rule -> !chosen.contains(rule.name()));
        return new FaultPlan(rules);
    }

    /// The rules whose faults are of inputs. They have no others to come after.
    static FaultPlan ofInputs(FaultPlan plan) {
        List<FaultRule> rules = new ArrayList<>();
        for (FaultRule rule : plan.rules()) {
            if (rule.where() instanceof InputPattern) {
                rules.add(new FaultRule(rule.name(), rule.where(), rule.when().after(""), rule.what(), rule.origin()));
            }
        }
        return new FaultPlan(rules);
    }

    /// The names of rules.
    static Set<String> names(List<FaultRule> rules) {
        Set<String> names = new TreeSet<>();
        rules.forEach(rule -> names.add(rule.name()));
        return names;
    }
}
