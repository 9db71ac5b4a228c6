package dev.trapline.abi.policy;

import dev.trapline.abi.firmware.ServiceDescriptor;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The user's decisions about the calls of a machine.
///
/// @param toggles by name, those that are set; the others are as by default. See [Toggle]
/// @param rules in the order in which they were declared
public record Policy(SortedMap<String, Boolean> toggles, List<Rule> rules) {

    /// Everything as by default.
    public static final Policy DEFAULT = new Policy(new TreeMap<>(), List.of());

    public Policy {
        toggles = Collections.unmodifiableSortedMap(new TreeMap<>(toggles));
        rules = List.copyOf(rules);
    }

    /// This policy with one toggle set.
    public Policy with(String toggle, boolean on) {
        SortedMap<String, Boolean> changed = new TreeMap<>(toggles);
        changed.put(toggle, on);
        return new Policy(changed, rules);
    }

    /// This policy with a service answered in place.
    public Policy withResident(String service) {
        return with(ServiceDescriptor.toggleToUser(service), false);
    }

    /// This policy with these rules instead of its own.
    public Policy withRules(List<Rule> other) {
        return new Policy(toggles, other);
    }

    /// Whether a toggle is on.
    public boolean isOn(String toggle, boolean defaultOn) {
        return toggles.getOrDefault(toggle, defaultOn);
    }

    /// Whether a service is answered in place.
    public boolean isResident(String service) {
        return !isOn(ServiceDescriptor.toggleToUser(service), true);
    }
}
