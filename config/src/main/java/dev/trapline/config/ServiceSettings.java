package dev.trapline.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Setting;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Reads the services' own keys.
final class ServiceSettings {

    private final SortedMap<String, ServiceDescriptor> services = new TreeMap<>();
    private final List<ConfigProblem> problems;

    ServiceSettings(Collection<ServiceDescriptor> services, List<ConfigProblem> problems) {
        this.problems = problems;
        services.forEach(service -> this.services.put(service.name(), service));
    }

    /// The services' keys, such as `psci.version`, with defaults filled in.
    SortedMap<String, String> read(ConfigObject section) {
        SortedMap<String, String> values = new TreeMap<>();
        for (ServiceDescriptor service : services.values()) {
            service.settings().forEach(s -> values.put(service.name() + "." + s.key(), s.defaultValue()));
        }
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(section).entrySet()) {
            ServiceDescriptor service = services.get(entry.getKey());
            String path = ConfigLoader.SERVICES + "." + entry.getKey();
            String origin = Origins.describe(entry.getValue().origin());
            if (service == null) {
                problems.add(PolicySettings.noService(
                        entry.getValue(), ConfigLoader.SERVICES, path, entry.getKey(), services.keySet()));
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
                ConfigProblem unknown = KnownKeys.unknown(value, path, key, Nearest.to(key, keys));
                problems.add(new ConfigProblem(unknown.origin(), unknown.path(), unknown.message() + hint));
            } else if (!Settings.isScalar(value.valueType())) {
                problems.add(ConfigProblem.ofValue(
                        value.origin(), path + "." + key, "takes a single value", ", not " + Settings.shown(value)));
            } else {
                values.put(service.name() + "." + key, Settings.shown(value));
            }
        }
    }
}
