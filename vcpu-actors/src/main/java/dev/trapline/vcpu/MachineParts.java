package dev.trapline.vcpu;

import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.firmware.EntropySource;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.policy.Policy;
import dev.trapline.firmware.ServiceGate;
import dev.trapline.firmware.ServiceHost;
import dev.trapline.journal.History;
import dev.trapline.journal.record.JournalRecord;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.registry.CapabilityRegistry;
import dev.trapline.vcpu.boot.BootPlan;
import dev.trapline.vcpu.device.Pl011;
import dev.trapline.vcpu.memory.MachineMemory;
import java.util.List;
import java.util.SortedMap;

/// What a machine is assembled from, before any actor of it exists.
///
/// @param services by name
/// @param gate knows which service is at work
/// @param onClosed gives back what the machine borrowed
record MachineParts(
        MachineSpec spec,
        EngineFactory engines,
        CapabilityRegistry registry,
        SortedMap<String, ServiceHost<?>> services,
        BootPlan boot,
        MachineMemory memory,
        Pl011 uart,
        MemoryMap memoryMap,
        ConsoleInput input,
        PlannedInjections planned,
        EntropySource entropy,
        Console console,
        History history,
        Controls controls,
        RunLog log,
        ServiceGate gate,
        Runnable onClosed) {

    /// The table of another policy for this machine.
    ///
    /// @throws dev.trapline.registry.RegistryException if the policy does not fit its services
    CapabilityRegistry registry(Policy policy) {
        return registry.under(descriptors(), policy);
    }

    /// Checks that a policy can be put in force here. For any thread.
    ///
    /// @throws dev.trapline.registry.RegistryException if it does not fit the services
    /// @throws IllegalArgumentException if it is too large to be recorded
    void requireUsable(Policy policy) {
        registry(policy);
        Recordings.requireRecordable(new JournalRecord.Reconfigured(policy));
    }

    /// One of the machine's services.
    ServiceHost<?> host(String service) {
        ServiceHost<?> host = services.get(service);
        if (host == null) {
            throw new InvariantViolation("the machine does not have a service '" + service + "'");
        }
        return host;
    }

    /// One of the machine's vCPUs, without power.
    VcpuLogic vcpu(VcpuId id) {
        return new VcpuLogic(id, engines, spec, memoryMap, registry);
    }

    List<ServiceDescriptor> descriptors() {
        return services.values().stream().map(ServiceHost::descriptor).toList();
    }

    MachineCore core(MachineCore.Surroundings around) {
        return new MachineCore(
                spec, boot, memory, uart, input, planned, entropy, console, history, controls, log, around);
    }

    /// Frees the guest's memory. No engine may be open over it.
    void close() {
        memory.close();
        onClosed.run();
    }
}
