package dev.trapline.machine;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.history.History;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.policy.Policy;
import dev.trapline.board.Board;
import dev.trapline.board.boot.BootPlan;
import dev.trapline.board.memory.MachineMemory;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.firmware.MachineServices;
import dev.trapline.machine.firmware.ServiceGate;
import dev.trapline.machine.schedule.Scheduler;
import dev.trapline.registry.CapabilityRegistry;

/// The assembled parts of a machine, before any of its actors exists.
///
/// @param scheduler what chooses turns where `choices` leaves it to the machine
/// @param choices answers what could go otherwise
/// @param gate knows which service is running
/// @param onClosed releases the machine's borrowed resources
public record MachineParts(
        MachineSpec spec,
        EngineFactory engines,
        CapabilityRegistry registry,
        MachineServices services,
        BootPlan boot,
        MachineMemory memory,
        Board board,
        Scheduler scheduler,
        Choices choices,
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
        return registry.under(services.descriptors(), policy);
    }

    /// One of the machine's vCPUs, without power.
    public VcpuLogic vcpu(VcpuId id) {
        return new VcpuLogic(
                id, engines, spec, board.bus().map(id), board.interrupts().wiring(id), registry);
    }

    /// The loop of this machine.
    public MachineCore core(MachineCore.Surroundings around) {
        return new MachineCore(this, around);
    }

    /// Frees the guest's memory. No engine may be open over it.
    public void close() {
        memory.close();
        onClosed.run();
    }
}
