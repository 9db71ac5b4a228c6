package dev.trapline.launcher.options;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.policy.Functions;
import dev.trapline.abi.policy.Rule;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.registry.CapabilityRegistry;
import dev.trapline.registry.Decided;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Finds rules that decide no call, because toggles or stronger rules decide every call that they name.
final class HiddenRules {

    private static final int FAST_CALL = 1 << 31;
    private static final int OWNER_SHIFT = 24;

    private HiddenRules() {}

    /// One message for each such rule.
    ///
    /// @param registry compiled from a policy with these rules
    static List<String> among(Collection<Rule> rules, CapabilityRegistry registry) {
        if (rules.isEmpty()) {
            return List.of();
        }
        List<Rule> hidden = new ArrayList<>(rules);
        for (Conduit conduit : Conduit.values()) {
            for (ExecutionState state : ExecutionState.values()) {
                removeDeciding(hidden, registry, conduit, state);
            }
        }
        return hidden.stream()
                .map(rule -> rule + " has no effect: toggles or stronger rules decide all its calls; "
                        + example(rule, registry))
                .toList();
    }

    private static void removeDeciding(
            List<Rule> hidden, CapabilityRegistry registry, Conduit conduit, ExecutionState state) {
        List<Integer> immediates = new ArrayList<>(registry.immediates(conduit, state));
        immediates.add(0);
        for (int immediate : immediates) {
            for (CapabilityRegistry.Entry entry : registry.entries(conduit, immediate, state)) {
                if (entry.decided().source() instanceof Decided.ByRule(Rule deciding)) {
                    hidden.remove(deciding);
                }
            }
        }
    }

    private static String example(Rule rule, CapabilityRegistry registry) {
        int first = switch (rule.match().functions()) {
            case Functions.One(var function) -> function.value();
            case Functions.Range(var base, long _) -> base.value();
            case Functions.Owner(int owner) -> FAST_CALL | (owner << OWNER_SHIFT);
            case Functions.Any _ -> 0;
        };
        Conduit conduit = rule.match().conduits().iterator().next();
        ExecutionState state = rule.match().states().iterator().next();
        Decided decided = registry.query(conduit, rule.match().immediate(), first, state);
        return new FunctionId(first) + ", for one: "
                + (decided.source() instanceof Decided.ByRule(Rule stronger) ? stronger : decided.decidedBy());
    }
}
