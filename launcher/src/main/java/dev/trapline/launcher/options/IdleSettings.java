package dev.trapline.launcher.options;

import dev.trapline.abi.firmware.ServiceDescriptor;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/// Finds settings of services that have no effect because of another setting of the same service.
public final class IdleSettings {

    private static final String SECTION = "firmware.services.";

    private IdleSettings() {}

    /// Adds a rule for each such setting.
    ///
    /// @param services the machine's services
    /// @param values by service and key, with defaults
    public static void add(WithoutEffect rules, List<ServiceDescriptor> services, SortedMap<String, String> values) {
        for (ServiceDescriptor service : services) {
            // One reason is enough.
            SortedSet<String> told = new TreeSet<>();
            for (ServiceDescriptor.Setting setting : service.settings()) {
                for (ServiceDescriptor.Idle idle : setting.idle()) {
                    String other = service.name() + "." + idle.other();
                    String value = values.getOrDefault(other, "");
                    rules.when(
                            idle.isMet(value) && told.add(setting.key()),
                            SECTION + other + " is " + value + ": " + idle.because(),
                            SECTION + service.name() + "." + setting.key());
                }
            }
        }
    }
}
