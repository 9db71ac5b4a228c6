package dev.trapline.explore;

import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.machine.ConsoleScript;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.board.Board;
import dev.trapline.machine.text.HypercallText;
import java.util.List;

/// What is explored: a machine, and everything that is the same in each of its runs.
///
/// @param spec the machine; its schedule is what a run's turns are told apart from
/// @param services shared by all machines, so their code must not keep anything itself
/// @param fitting adds devices to the board
/// @param script what is typed at the console
/// @param injections planned interrupts and events
/// @param faults what may go wrong
public record Subject(
        MachineSpec spec,
        List<Image> images,
        List<FirmwareService<?>> services,
        Board.Fitting fitting,
        ConsoleScript script,
        List<PlannedInjection> injections,
        FaultPlan faults) {

    public Subject {
        images = List.copyOf(images);
        services = List.copyOf(services);
        injections = List.copyOf(injections);
        spec = spec.with(faults.allowedIn(spec.run()));
    }

    /// A machine without anything planned.
    public Subject(MachineSpec spec, List<Image> images, List<FirmwareService<?>> services) {
        this(spec, images, services, Board.Fitting.NONE, ConsoleScript.NONE, List.of(), FaultPlan.NONE);
    }

    /// The descriptors of its services.
    public List<ServiceDescriptor> descriptors() {
        return services.stream()
                .<ServiceDescriptor>map(FirmwareService::descriptor)
                .toList();
    }

    /// The names of its functions.
    public HypercallText names() {
        return new HypercallText(descriptors());
    }

    /// The same with a plan of faults.
    public Subject withFaults(FaultPlan plan) {
        return new Subject(spec, images, services, fitting, script, injections, plan);
    }

    /// The same with other planned injections.
    public Subject withInjections(List<PlannedInjection> planned) {
        return new Subject(spec, images, services, fitting, script, planned, faults);
    }
}
