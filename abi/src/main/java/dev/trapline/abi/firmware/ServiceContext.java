package dev.trapline.abi.firmware;

import dev.trapline.abi.CpuModel;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a service learns about its machine, when the machine is built and at each reset.
///
/// @param topology the machine's CPUs
/// @param cpuModel the CPUs' model
/// @param resident whether its calls are answered in place when the machine is built. A reconfiguration may change the
///     way of its calls, and does not change this
/// @param askedFor whether the policy explicitly sets the service's toggle to on
/// @param settings one value for each key of [ServiceDescriptor#settings], defaults filled in
public record ServiceContext(
        MachineTopology topology,
        CpuModel cpuModel,
        boolean resident,
        boolean askedFor,
        SortedMap<String, String> settings) {

    public ServiceContext {
        settings = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    }

    /// A machine of the default CPU model, whose policy does not name the service.
    public ServiceContext(MachineTopology topology, boolean resident, SortedMap<String, String> settings) {
        this(topology, CpuModel.CORTEX_A57, resident, false, settings);
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
