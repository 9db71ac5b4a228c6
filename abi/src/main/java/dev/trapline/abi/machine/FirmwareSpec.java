package dev.trapline.abi.machine;

import dev.trapline.abi.policy.Policy;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// The firmware of a machine.
///
/// @param policy decides each call
/// @param settings of the services, by service name and key, as in `psci.version`; a service uses its default where
///     there is none
public record FirmwareSpec(Policy policy, SortedMap<String, String> settings) {

    /// The default policy, and no settings.
    public static final FirmwareSpec DEFAULT = new FirmwareSpec(Policy.DEFAULT, Collections.emptySortedMap());

    public FirmwareSpec {
        settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    }

    public FirmwareSpec withPolicy(Policy other) {
        return new FirmwareSpec(other, settings);
    }

    public FirmwareSpec withSettings(SortedMap<String, String> others) {
        return new FirmwareSpec(policy, others);
    }

    /// The same with one setting more, or with another value of it.
    ///
    /// @param name service name and key, as in `psci.version`
    public FirmwareSpec withSetting(String name, String value) {
        SortedMap<String, String> all = new TreeMap<>(settings);
        all.put(name, value);
        return new FirmwareSpec(policy, all);
    }
}
