package dev.trapline.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.file.Waiting;
import dev.trapline.abi.firmware.ServiceDescriptor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Reads a plan of faults: a file in HOCON with one key, `faults`, a list of rules.
///
/// ```text
/// faults = [
///   { name = busy, at { function = CPU_ON, vcpu = 0 }, when { nth = 2 }, do { refuse = ALREADY_ON } }
/// ]
/// ```
/// It includes no other file and has no substitutions, so that it says the same everywhere.
public final class FaultPlanFile {

    private static final String RULES = "faults";
    private static final int MOST_RULES = 250;

    private FaultPlanFile() {}

    /// Reads a plan.
    ///
    /// @param name the file's name in messages: `--faults plan.conf`
    /// @param services whose names and functions it may use
    /// @param waiting how to wait for the content of a pipe
    /// @throws ConfigException if it cannot be read, or is no plan; with all errors
    public static FaultPlan read(Path file, String name, Collection<ServiceDescriptor> services, Waiting waiting) {
        ConfigFiles files = new ConfigFiles(waiting);
        Config config = files.readFirst(file, name);
        if (files.hasIncluded() || !config.isResolved()) {
            throw new ConfigException(
                    name,
                    "",
                    files.hasIncluded()
                            ? "includes another file: a plan of faults is one file"
                            : "has a substitution (${...}): a plan of faults has none");
        }
        List<ConfigProblem> problems = new ArrayList<>();
        List<FaultRule> rules = rules(config.root(), name, services, problems);
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        try {
            return new FaultPlan(rules);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(name, "", "is no plan: " + e.getMessage());
        }
    }

    private static List<FaultRule> rules(
            ConfigObject root, String name, Collection<ServiceDescriptor> services, List<ConfigProblem> problems) {
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(root).entrySet()) {
            if (!entry.getKey().equals(RULES)) {
                problems.add(KnownKeys.unknown(entry.getValue(), "", entry.getKey(), RULES));
            }
        }
        ConfigValue value = root.get(RULES);
        List<FaultRule> rules = new ArrayList<>();
        if (!(value instanceof ConfigList list) || list.isEmpty() || list.size() > MOST_RULES) {
            problems.add(new ConfigProblem(
                    value == null ? name : Origins.describe(value.origin()),
                    RULES,
                    "takes a list of 1 to " + MOST_RULES + " faults, as in faults = [ { do { refuse = -1 } } ]"));
            return rules;
        }
        int number = 0;
        for (ConfigValue element : list) {
            number++;
            if (element instanceof ConfigObject rule) {
                FaultRule read =
                        new FaultSettings("fault " + number, "fault" + number, rule, services, problems).read();
                if (read != null) {
                    rules.add(read);
                }
            } else {
                problems.add(new ConfigProblem(
                        Origins.describe(element.origin()), RULES, "takes a section for each fault: { ... }"));
            }
        }
        return rules;
    }
}
