package dev.trapline.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Setting;
import dev.trapline.abi.registry.Action;
import dev.trapline.abi.registry.Functions;
import dev.trapline.abi.registry.Match;
import dev.trapline.abi.registry.Rule;
import dev.trapline.abi.smccc.FunctionId;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The firmware section: which services are resident, the rules, and the services' own keys.
final class FirmwareSettings {

    private static final Pattern RANGE = Pattern.compile("([0-9A-Fa-fxX_]+) *(?:- *([0-9A-Fa-fxX_]+))?");
    private static final List<String> RULE_KEYS = List.of("action", "functions");

    private final Settings settings;
    private final SortedMap<String, ServiceDescriptor> services = new TreeMap<>();
    private final List<ConfigProblem> problems;

    FirmwareSettings(Settings settings, Collection<ServiceDescriptor> services, List<ConfigProblem> problems) {
        this.settings = settings;
        this.problems = problems;
        services.forEach(service -> this.services.put(service.name(), service));
    }

    /// Names of services, each of which must exist.
    List<String> resident(String path) {
        List<String> names = new ArrayList<>();
        for (ConfigValue element : settings.list(path)) {
            String name = String.valueOf(element.unwrapped());
            if (!services.containsKey(name)) {
                problems.add(new ConfigProblem(Origins.describe(element.origin()), path, noService(name)));
            }
            names.add(name);
        }
        return names;
    }

    private String noService(String name) {
        String nearest = KnownKeys.nearest(name, services.keySet());
        return "names a service that does not exist: " + name
                + (nearest.isEmpty()
                        ? " (there are: " + String.join(", ", services.keySet()) + ")"
                        : "; did you mean " + nearest + "?");
    }

    /// The policy, in the order in which it was written.
    List<Rule> rules(String path) {
        List<Rule> rules = new ArrayList<>();
        for (ConfigValue element : settings.list(path)) {
            Rule rule = rule(path, element);
            if (rule != null) {
                rules.add(rule);
            }
        }
        return rules;
    }

    private @Nullable Rule rule(String path, ConfigValue element) {
        String origin = Origins.describe(element.origin());
        if (!(element instanceof ConfigObject object)) {
            problems.add(new ConfigProblem(
                    origin,
                    path,
                    "takes rules, as in { functions = 0xC4000003, action = deny }, not " + text(element)));
            return null;
        }
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(object).entrySet()) {
            if (!RULE_KEYS.contains(entry.getKey())) {
                problems.add(KnownKeys.unknown(
                        entry.getValue(), path + "." + entry.getKey(), KnownKeys.nearest(entry.getKey(), RULE_KEYS)));
            }
        }
        Functions functions = functions(path + ".functions", object.get("functions"), origin);
        Action action = action(path + ".action", object.get("action"), origin);
        return functions == null || action == null ? null : new Rule(Match.of(functions), action, origin);
    }

    private @Nullable Functions functions(String path, @Nullable ConfigValue value, String ruleOrigin) {
        if (value == null) {
            problems.add(new ConfigProblem(ruleOrigin, path, "is missing from this rule"));
            return null;
        }
        Matcher matcher = RANGE.matcher(text(value));
        if (matcher.matches()) {
            FunctionId first = function(matcher.group(1));
            FunctionId last = matcher.group(2) == null ? first : function(matcher.group(2));
            if (first != null && last != null && first.compareTo(last) <= 0) {
                return matcher.group(2) == null ? new Functions.One(first) : Functions.Range.of(first, last);
            }
        }
        problems.add(new ConfigProblem(
                Origins.describe(value.origin()),
                path,
                "takes a function identifier or an ascending range, as in 0xC4000020-0xC400003F, not " + text(value)));
        return null;
    }

    private static @Nullable FunctionId function(String text) {
        BigInteger number = Quantities.number(text);
        return number == null || number.bitLength() > 32 ? null : new FunctionId(number.intValue());
    }

    private @Nullable Action action(String path, @Nullable ConfigValue value, String ruleOrigin) {
        if (value == null) {
            problems.add(new ConfigProblem(ruleOrigin, path, "is missing from this rule"));
            return null;
        }
        switch (text(value)) {
            case "resident" -> {
                return new Action.Resident();
            }
            case "forward" -> {
                return new Action.Forward(null);
            }
            case "deny" -> {
                return new Action.Deny();
            }
            default -> {}
        }
        problems.add(new ConfigProblem(
                Origins.describe(value.origin()), path, "takes resident, forward or deny, not " + text(value)));
        return null;
    }

    /// The services' keys, as `psci.version`, defaults filled in.
    SortedMap<String, String> services(ConfigObject section) {
        SortedMap<String, String> values = new TreeMap<>();
        for (ServiceDescriptor service : services.values()) {
            service.settings().forEach(s -> values.put(service.name() + "." + s.key(), s.defaultValue()));
        }
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(section).entrySet()) {
            ServiceDescriptor service = services.get(entry.getKey());
            String path = ConfigLoader.SERVICES + "." + entry.getKey();
            String origin = Origins.describe(entry.getValue().origin());
            if (service == null) {
                problems.add(new ConfigProblem(origin, path, noService(entry.getKey())));
            } else if (entry.getValue() instanceof ConfigObject given) {
                takeSettings(service, path, given, values);
            } else {
                problems.add(new ConfigProblem(origin, path, "is a section: write its keys in { }"));
            }
        }
        return values;
    }

    private void takeSettings(
            ServiceDescriptor service, String path, ConfigObject given, SortedMap<String, String> values) {
        List<String> keys = service.settings().stream().map(Setting::key).toList();
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(given).entrySet()) {
            String key = entry.getKey();
            ConfigValue value = entry.getValue();
            if (!keys.contains(key)) {
                String hint = keys.isEmpty() ? "; service " + service.name() + " takes none" : "";
                ConfigProblem unknown = KnownKeys.unknown(value, path + "." + key, KnownKeys.nearest(key, keys));
                problems.add(new ConfigProblem(unknown.origin(), unknown.path(), unknown.message() + hint));
            } else if (!Settings.isScalar(value.valueType())) {
                problems.add(new ConfigProblem(
                        Origins.describe(value.origin()),
                        path + "." + key,
                        "takes a single value, not " + text(value)));
            } else {
                values.put(service.name() + "." + key, text(value));
            }
        }
    }

    // A number as it was written: 1.10 stays 1.10.
    private static String text(ConfigValue value) {
        return switch (value.valueType()) {
            case NUMBER, STRING, BOOLEAN -> value.atKey("value").getString("value");
            case OBJECT -> "an object";
            case LIST -> "a list";
            case NULL -> "null";
        };
    }
}
