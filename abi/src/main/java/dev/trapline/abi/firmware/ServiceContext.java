package dev.trapline.abi.firmware;

import java.util.SortedMap;
import java.util.TreeMap;

/// What a service is told when its machine is built, and again at each reset.
///
/// @param topology the machine's CPUs
/// @param resident whether its calls are answered in place when the machine is built. A reconfiguration may change the
///     way of its calls, and does not change this
/// @param settings one value for each key of [ServiceDescriptor#settings], defaults filled in
public record ServiceContext(MachineTopology topology, boolean resident, SortedMap<String, String> settings) {

    public ServiceContext {
        settings = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    }

    /// The value of a declared key.
    ///
    /// @throws IllegalArgumentException if the descriptor does not declare it
    public String setting(String key) {
        String value = settings.get(key);
        if (value == null) {
            throw new IllegalArgumentException("the descriptor declares no setting '" + key + "'");
        }
        return value;
    }
}
