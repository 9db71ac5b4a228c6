package dev.trapline.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.policy.Action;
import dev.trapline.abi.policy.Functions;
import dev.trapline.abi.policy.Match;
import dev.trapline.abi.policy.Rule;
import dev.trapline.abi.smccc.FunctionId;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads one rule of a policy, and collects its errors.
final class RuleSettings {

    private static final Pattern FUNCTIONS =
            Pattern.compile("([0-9A-Fa-fxX_]+) *(?:([-+]) *([0-9A-Fa-fxX_]+))?", Pattern.CASE_INSENSITIVE);
    private static final List<String> KEYS =
            List.of("action", "conduit", "functions", "imm", "owner", "service", "state");
    private static final String WHICH_FUNCTIONS = "takes a function identifier, an ascending range, or a base and a"
            + " count, as in 0xC4000003, 0xC4000020-0xC400003F or \"0xC4000020+32\"";
    private static final int LAST_OWNER = 63;
    private static final int LAST_IMMEDIATE = 0xffff;

    private final String path;
    private final ConfigObject rule;
    private final String origin;
    private final Collection<String> services;
    private final List<ConfigProblem> problems;
    private final int problemsBefore;

    /// @param path the path of the list that contains the rule
    /// @param services the names of all services
    RuleSettings(String path, ConfigObject rule, Collection<String> services, List<ConfigProblem> problems) {
        this.path = path;
        this.rule = rule;
        this.origin = Origins.describe(rule.origin());
        this.services = List.copyOf(services);
        this.problems = problems;
        this.problemsBefore = problems.size();
    }

    /// The rule; null if it has an error.
    @Nullable
    Rule read() {
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(rule).entrySet()) {
            if (!KEYS.contains(entry.getKey())) {
                problems.add(KnownKeys.unknown(
                        Origins.isIncluded(rule.origin()) ? rule : entry.getValue(),
                        path,
                        entry.getKey(),
                        Nearest.to(entry.getKey(), KEYS)));
            }
        }
        int immediate = number("imm", LAST_IMMEDIATE);
        Functions functions = functions(immediate);
        Set<Conduit> conduits = some("conduit", Conduit.class);
        Set<ExecutionState> states = some("state", ExecutionState.class);
        Action action = action();
        return problems.size() > problemsBefore || functions == null || action == null
                ? null
                : new Rule(new Match(conduits, immediate, functions, states), action, origin);
    }

    private @Nullable Functions functions(int immediate) {
        ConfigValue value = rule.get("functions");
        if (rule.get("owner") != null) {
            if (value != null) {
                refuse("owner", value, "cannot be combined with functions: leave one of them out", "");
            }
            int owner = number("owner", LAST_OWNER);
            return owner < 0 ? null : new Functions.Owner(owner);
        }
        if (value == null) {
            if (immediate == 0) {
                missing("functions", ": give functions, owner, or an imm other than 0");
            }
            return new Functions.Any();
        }
        Functions functions = functions(Settings.shown(value));
        if (functions == null) {
            refuse("functions", value, WHICH_FUNCTIONS, ", not " + Settings.shown(value));
        }
        return functions;
    }

    private static @Nullable Functions functions(String text) {
        Matcher matcher = FUNCTIONS.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        FunctionId base = function(matcher.group(1));
        if (base == null || matcher.group(2) == null) {
            return base == null ? null : new Functions.One(base);
        }
        if (matcher.group(2).equals("-")) {
            FunctionId last = function(matcher.group(3));
            return last == null || base.compareTo(last) > 0 ? null : Functions.Range.of(base, last);
        }
        // The registry checks the count, and reports its own error.
        BigInteger count = Quantities.number(matcher.group(3));
        return count == null || count.bitLength() > Integer.SIZE + 1
                ? null
                : new Functions.Range(base, count.longValueExact());
    }

    private static @Nullable FunctionId function(String text) {
        BigInteger number = Quantities.number(text);
        return number == null || number.signum() < 0 || number.bitLength() > Integer.SIZE
                ? null
                : new FunctionId(number.intValue());
    }

    /// A number from 0 on; 0 if the key is absent, -1 if its value is wrong.
    private int number(String key, int most) {
        ConfigValue value = rule.get(key);
        if (value == null) {
            return 0;
        }
        BigInteger number = Quantities.number(Settings.shown(value));
        if (number == null || number.signum() < 0 || number.compareTo(BigInteger.valueOf(most)) > 0) {
            refuse(key, value, "takes a whole number from 0 to " + most, ", not " + Settings.shown(value));
            return -1;
        }
        return number.intValue();
    }

    /// One or several names of an enumeration; all of them if the key is absent.
    private <T extends Enum<T>> Set<T> some(String key, Class<T> type) {
        ConfigValue value = rule.get(key);
        if (value == null) {
            return EnumSet.allOf(type);
        }
        List<ConfigValue> elements = value instanceof ConfigList list ? list : List.of(value);
        Set<T> chosen = EnumSet.noneOf(type);
        for (ConfigValue element : elements) {
            chosen.addAll(Arrays.stream(type.getEnumConstants())
                    .filter(c -> name(c).equals(Settings.shown(element)))
                    .toList());
        }
        if (chosen.isEmpty() || chosen.size() < elements.size()) {
            List<String> names = Arrays.stream(type.getEnumConstants())
                    .map(RuleSettings::name)
                    .toList();
            refuse(
                    key,
                    value,
                    "takes " + Settings.oneOf(names) + ", or a list of different ones of them",
                    ", not " + (value instanceof ConfigList ? list(elements) : Settings.shown(value)));
        }
        return chosen;
    }

    private static String list(List<ConfigValue> elements) {
        List<String> texts = new ArrayList<>();
        elements.forEach(element -> texts.add(Settings.shown(element)));
        return texts.toString();
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private @Nullable Action action() {
        ConfigValue value = rule.get("action");
        ConfigValue service = rule.get("service");
        if (value == null) {
            missing("action", "");
            return null;
        }
        Action action = switch (Settings.shown(value)) {
            case "resident" -> new Action.Resident();
            case "forward" -> new Action.Forward(service == null ? null : Settings.shown(service));
            case "deny" -> new Action.Deny();
            default -> null;
        };
        if (action == null) {
            refuse("action", value, "takes resident, forward or deny", ", not " + Settings.shown(value));
        } else if (service != null && !(action instanceof Action.Forward)) {
            refuse("service", service, "needs action = forward: leave it out", "");
        } else if (service != null && !Settings.isScalar(service.valueType())) {
            refuse("service", service, "takes the name of a service", ", not " + Settings.shown(service));
        } else if (service != null
                && Origins.isIncluded(service.origin())
                && !services.contains(Settings.shown(service))) {
            // The registry reports other services, with the name.
            problems.add(PolicySettings.noService(
                    service, path + ".service", path + ".service", Settings.shown(service), services));
        }
        return action;
    }

    private void missing(String key, String hint) {
        problems.add(new ConfigProblem(origin, path + "." + key, "is missing from this rule" + hint));
    }

    private void refuse(String key, ConfigValue value, String message, String quoted) {
        problems.add(ConfigProblem.ofValue(value.origin(), path + "." + key, message, quoted));
    }
}
