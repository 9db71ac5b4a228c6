package dev.trapline.machine;

import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.firmware.EntropySource;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.history.History;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.policy.Policy;
import dev.trapline.board.boot.BootPlan;
import dev.trapline.board.device.Pl011;
import dev.trapline.board.memory.MachineMemory;
import dev.trapline.machine.firmware.ServiceGate;
import dev.trapline.machine.firmware.ServiceHost;
import dev.trapline.registry.CapabilityRegistry;
import java.util.List;
import java.util.SortedMap;

/// What a machine is assembled from, before any actor of it exists.
///
/// @param services by name
/// @param gate knows which service is at work
/// @param onClosed gives back what the machine borrowed
public record MachineParts(
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
    public CapabilityRegistry registry(Policy policy) {
        return registry.under(descriptors(), policy);
    }

    /// One of the machine's services.
    public ServiceHost<?> host(String service) {
        ServiceHost<?> host = services.get(service);
        if (host == null) {
            throw new InvariantViolation("the machine does not have a service '" + service + "'");
        }
        return host;
    }

    /// One of the machine's vCPUs, without power.
    public VcpuLogic vcpu(VcpuId id) {
        return new VcpuLogic(id, engines, spec, memoryMap, registry);
    }

    List<ServiceDescriptor> descriptors() {
        return services.values().stream().map(ServiceHost::descriptor).toList();
    }

    public MachineCore core(MachineCore.Surroundings around) {
        return new MachineCore(
                spec, boot, memory, uart, input, planned, entropy, console, history, controls, log, around);
    }

    /// Frees the guest's memory. No engine may be open over it.
    public void close() {
        memory.close();
        onClosed.run();
    }
}
