package dev.trapline.launcher.options;

import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/// Finds settings of services that have no effect because of another setting of the same service.
public final class IdleSettings {

    private static final String SECTION = "firmware.services.";
    private static final String NONE = "none";

    /// Settings, and the condition under which they have no effect.
    ///
    /// @param on the other setting on which they depend, as service and key
    /// @param idle whether a value of the other setting makes these ineffective
    /// @param because the reason, after the value
    /// @param keys the settings, as service and key
    private record Dependence(String on, Predicate<String> idle, String because, List<String> keys) {}

    private static final List<Dependence> ALL = List.of(
            new Dependence(
                    "psci.trusted-os", NONE::equals, "no Trusted OS sits on a vCPU", List.of("psci.trusted-os-cpu")),
            new Dependence(
                    "psci.without",
                    names("CPU_DEFAULT_SUSPEND"),
                    "its call is left out",
                    List.of("psci.default-suspend")),
            new Dependence(
                    "psci.without", names("SYSTEM_RESET2"), "its call is left out", List.of("psci.vendor-resets")),
            new Dependence(
                    "smccc.soc-version",
                    NONE::equals,
                    "there is no SOC_ID",
                    List.of("smccc.soc-revision", "smccc.soc-name")),
            new Dependence(
                    "smccc.version",
                    List.of("1.0", "1.1")::contains,
                    "SOC_ID needs 1.2",
                    List.of("smccc.soc-version", "smccc.soc-revision", "smccc.soc-name")),
            new Dependence(
                    "smccc.version",
                    "1.0"::equals,
                    "the workarounds need 1.1",
                    List.of("smccc.workaround-1", "smccc.workaround-2", "smccc.workaround-3", "smccc.workaround-4")),
            new Dependence(
                    "smccc.version",
                    List.of("1.0", "1.1", "1.2", "1.3", "1.4")::contains,
                    "FEATURE_AVAILABILITY needs 1.5",
                    List.of("smccc.feature-availability")),
            withoutQueries("standard-secure"),
            withoutQueries("standard-hyp"));

    private IdleSettings() {}

    private static Predicate<String> names(String function) {
        return value -> List.of(value.strip().split("\\s*,\\s*")).contains(function);
    }

    private static Dependence withoutQueries(String owner) {
        String prefix = "smccc." + owner;
        return new Dependence(
                prefix + "-uid",
                NONE::equals,
                "this owner's queries are left out",
                List.of(prefix + "-revision", prefix + "-calls"));
    }

    /// Adds a rule for each such setting.
    ///
    /// @param settings by service and key, with defaults
    public static void add(WithoutEffect rules, SortedMap<String, String> settings) {
        // One reason is enough.
        SortedSet<String> idle = new TreeSet<>();
        for (Dependence each : ALL) {
            String value = settings.getOrDefault(each.on(), "");
            for (String key : each.keys()) {
                rules.when(
                        each.idle().test(value) && idle.add(key),
                        SECTION + each.on() + " is " + value + ": " + each.because(),
                        SECTION + key);
            }
        }
    }
}
