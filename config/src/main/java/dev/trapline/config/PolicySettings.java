package dev.trapline.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.policy.Rule;
import dev.trapline.abi.policy.Toggle;
import dev.trapline.registry.CapabilityRegistry;
import dev.trapline.registry.RegistryError;
import dev.trapline.registry.RegistryException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads the policy: toggles, resident services and rules, and checks each of them and all together.
final class PolicySettings {

    static final String TOGGLES = "trapline.firmware.toggles";
    static final String RESIDENT = "trapline.firmware.resident";
    static final String RULES = "trapline.firmware.rules";

    private static final List<String> ON = List.of("on", "true");
    private static final List<String> OFF = List.of("off", "false");

    private final Settings settings;
    private final Collection<ServiceDescriptor> services;
    private final List<ConfigProblem> problems;
    private final List<String> serviceNames;

    PolicySettings(Settings settings, Collection<ServiceDescriptor> services, List<ConfigProblem> problems) {
        this.settings = settings;
        this.services = services;
        this.problems = problems;
        this.serviceNames =
                services.stream().map(ServiceDescriptor::name).sorted().toList();
    }

    /// The policy without its wrong parts.
    Policy read() {
        SortedMap<String, Boolean> toggles = toggles();
        // A toggle overrides the list.
        resident().keySet().forEach(service -> toggles.putIfAbsent(ServiceDescriptor.toggleToUser(service), false));
        Policy policy = new Policy(toggles, rules());
        checkTogether(policy);
        return policy;
    }

    /// Where each toggle was set, by the toggle's name. Toggles that were not set are missing.
    SortedMap<String, String> toggleOrigins() {
        SortedMap<String, String> origins = new TreeMap<>();
        resident()
                .forEach((service, value) ->
                        origins.put(ServiceDescriptor.toggleToUser(service), Origins.describe(value.origin())));
        settings.section(TOGGLES).forEach((name, value) -> origins.put(name, Origins.describe(value.origin())));
        return origins;
    }

    /// Whether a text switches a toggle off.
    static boolean isOff(String text) {
        return OFF.contains(text);
    }

    private SortedMap<String, Boolean> toggles() {
        List<String> known = Toggle.of(services).stream().map(Toggle::name).toList();
        SortedMap<String, Boolean> toggles = new TreeMap<>();
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(settings.section(TOGGLES)).entrySet()) {
            String name = entry.getKey();
            ConfigValue value = entry.getValue();
            String text = Settings.shown(value);
            if (!known.contains(name)) {
                problems.add(ConfigProblem.ofKey(value.origin(), TOGGLES, name, "a toggle", meant(name, known)));
            } else if (ON.contains(text) || OFF.contains(text)) {
                toggles.put(name, ON.contains(text));
            } else {
                refuse(value, TOGGLES + "." + name, "takes on or off", ", not " + text);
            }
        }
        return toggles;
    }

    /// The names of services, which must exist, and where they were written.
    private SortedMap<String, ConfigValue> resident() {
        SortedMap<String, ConfigValue> names = new TreeMap<>();
        for (ConfigValue element : settings.list(RESIDENT)) {
            String name = Settings.shown(element);
            if (serviceNames.contains(name)) {
                names.put(name, element);
            } else {
                problems.add(noService(element, RESIDENT, RESIDENT, name, serviceNames));
            }
        }
        return names;
    }

    /// In the order of the text.
    private List<Rule> rules() {
        List<Rule> rules = new ArrayList<>();
        for (ConfigValue element : settings.list(RULES)) {
            if (element instanceof ConfigObject object) {
                @Nullable Rule rule = new RuleSettings(RULES, object, serviceNames, problems).read();
                if (rule != null) {
                    rules.add(rule);
                }
            } else {
                refuse(
                        element,
                        RULES,
                        "takes rules, as in { functions = 0xC4000003, action = deny }",
                        ", not " + Settings.shown(element));
            }
        }
        return rules;
    }

    /// Errors that only the compiled table shows, such as two overlapping rules.
    private void checkTogether(Policy policy) {
        try {
            CapabilityRegistry.of(services, policy);
        } catch (RegistryException e) {
            e.errors().forEach(error -> problems.add(problem(error)));
        }
    }

    private static ConfigProblem problem(RegistryError error) {
        return switch (error) {
            case RegistryError.UnknownService(Rule rule, String service, var known) ->
                new ConfigProblem(rule.origin(), RULES + ".service", noService(service, known));
            case RegistryError.EmptyRange(Rule rule) -> ofRule(rule, error);
            case RegistryError.WrappingRange(Rule rule) -> ofRule(rule, error);
            case RegistryError.Reserved(Rule rule) -> ofRule(rule, error);
            case RegistryError.OnlyHinted(Rule rule) -> ofRule(rule, error);
            case RegistryError.NobodyClaims(Rule rule) -> ofRule(rule, error);
            case RegistryError.Overlap(var _, var _, Rule other) -> ofRule(other, error);
            case RegistryError.VcpuHasRun _,
                    RegistryError.UnknownToggle _,
                    RegistryError.DuplicateName _,
                    RegistryError.ClaimOverlap _,
                    RegistryError.ImmediateOverlap _,
                    RegistryError.UnknownRegister _,
                    RegistryError.BadRegisterValue _,
                    RegistryError.RegisterOverlap _,
                    RegistryError.BadSetting _ -> new ConfigProblem("services", "", error.message());
        };
    }

    private static ConfigProblem ofRule(Rule rule, RegistryError error) {
        return new ConfigProblem(rule.origin(), RULES, "cannot be used: " + error.message());
    }

    /// The error for a service that does not exist.
    ///
    /// @param section the error's path if the name must not be shown
    /// @param path the error's path otherwise
    static ConfigProblem noService(
            ConfigValue value, String section, String path, String name, Collection<String> known) {
        return ConfigProblem.ofValue(
                value.origin(),
                Origins.isIncluded(value.origin()) ? section : path,
                "names a service that does not exist",
                ": " + name + meant(name, known));
    }

    private static String noService(String name, Collection<String> known) {
        return "names a service that does not exist: " + name + meant(name, known);
    }

    private static String meant(String name, Collection<String> known) {
        String nearest = Nearest.to(name, known);
        return nearest.isEmpty() ? " (there are: " + String.join(", ", known) + ")" : "; did you mean " + nearest + "?";
    }

    private void refuse(ConfigValue value, String path, String message, String quoted) {
        problems.add(ConfigProblem.ofValue(value.origin(), path, message, quoted));
    }
}
