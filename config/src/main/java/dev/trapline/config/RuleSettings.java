package dev.trapline.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.policy.Action;
import dev.trapline.abi.policy.Functions;
import dev.trapline.abi.policy.Match;
import dev.trapline.abi.policy.Rule;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads one rule of a policy, and collects its errors.
final class RuleSettings {

    private static final List<String> KEYS =
            List.of("action", "conduit", "functions", "imm", "owner", "service", "state");
    private static final int LAST_OWNER = 63;
    private static final int LAST_IMMEDIATE = 0xffff;

    private final String path;
    private final SectionReader rule;
    private final Collection<String> services;
    private final List<ConfigProblem> problems;

    /// @param path the path of the list that contains the rule
    /// @param services the names of all services
    RuleSettings(String path, ConfigObject rule, Collection<String> services, List<ConfigProblem> problems) {
        this.path = path;
        this.rule = new SectionReader(path, rule, problems);
        this.services = List.copyOf(services);
        this.problems = problems;
    }

    /// The rule; null if it has an error.
    @Nullable
    Rule read() {
        rule.requireKnown(KEYS);
        int immediate = number("imm", LAST_IMMEDIATE);
        Functions functions = functions(immediate);
        Set<Conduit> conduits = rule.some("conduit", Conduit.class);
        Set<ExecutionState> states = rule.some("state", ExecutionState.class);
        Action action = action();
        return !rule.isFine() || functions == null || action == null
                ? null
                : new Rule(new Match(conduits, immediate, functions, states), action, rule.origin());
    }

    /// A number from 0 on; 0 if the key is absent or wrong.
    private int number(String key, int most) {
        return (int) rule.number(key, 0, most, 0);
    }

    private @Nullable Functions functions(int immediate) {
        ConfigValue value = rule.get("functions");
        if (rule.get("owner") != null) {
            if (value != null) {
                rule.refuse("owner", value, "cannot be combined with functions: leave one of them out", "");
            }
            return new Functions.Owner(number("owner", LAST_OWNER));
        }
        if (value == null) {
            if (immediate == 0 && rule.isFine()) {
                rule.missing("functions", "rule", ": give functions, owner, or an imm other than 0");
            }
            return new Functions.Any();
        }
        Functions functions = FunctionsText.parse(Settings.shown(value));
        if (functions == null) {
            rule.refuse("functions", value, FunctionsText.TAKES, ", not " + Settings.shown(value));
        }
        return functions;
    }

    private @Nullable Action action() {
        ConfigValue value = rule.get("action");
        ConfigValue service = rule.get("service");
        if (value == null) {
            rule.missing("action", "rule", "");
            return null;
        }
        Action action = switch (Settings.shown(value)) {
            case "resident" -> new Action.Resident();
            case "forward" -> new Action.Forward(service == null ? null : Settings.shown(service));
            case "deny" -> new Action.Deny();
            default -> null;
        };
        if (action == null) {
            rule.refuse("action", value, "takes resident, forward or deny", ", not " + Settings.shown(value));
        } else if (service != null && !(action instanceof Action.Forward)) {
            rule.refuse("service", service, "needs action = forward: leave it out", "");
        } else if (service != null && !Settings.isScalar(service.valueType())) {
            rule.refuse("service", service, "takes the name of a service", ", not " + Settings.shown(service));
        } else if (service != null
                && Origins.isIncluded(service.origin())
                && !services.contains(Settings.shown(service))) {
            // The registry reports other services, with the name.
            problems.add(PolicySettings.noService(
                    service, path + ".service", path + ".service", Settings.shown(service), services));
        }
        return action;
    }
}
