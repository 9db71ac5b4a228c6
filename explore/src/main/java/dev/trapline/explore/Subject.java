package dev.trapline.explore;

import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.machine.ConsoleScript;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.board.Board;
import dev.trapline.machine.choice.Choices;
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
/// @param beginning where its runs begin
/// @param length how long a run is from there, in ticks: it ends then, and has not failed; [#UNLIMITED] if it ends in
///     another way
public record Subject(
        MachineSpec spec,
        List<Image> images,
        List<FirmwareService<?>> services,
        Board.Fitting fitting,
        ConsoleScript script,
        List<PlannedInjection> injections,
        FaultPlan faults,
        Beginning beginning,
        long length) {

    /// A run ends by itself, or fails.
    public static final long UNLIMITED = Choices.NEVER;

    private static final Beginning AT_POWER_ON = new Beginning.PowerOn();

    public Subject {
        if (length < 1) {
            throw new IllegalArgumentException("a run of " + length + " ticks");
        }
        images = List.copyOf(images);
        services = List.copyOf(services);
        injections = List.copyOf(injections);
        spec = spec.with(faults.allowedIn(spec.run()));
    }

    /// A machine without anything planned, whose runs begin at power-on.
    public Subject(MachineSpec spec, List<Image> images, List<FirmwareService<?>> services) {
        this(
                spec,
                images,
                services,
                Board.Fitting.NONE,
                ConsoleScript.NONE,
                List.of(),
                FaultPlan.NONE,
                AT_POWER_ON,
                UNLIMITED);
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
        return new Subject(spec, images, services, fitting, script, injections, plan, beginning, length);
    }

    /// The same with other planned injections.
    public Subject withInjections(List<PlannedInjection> planned) {
        return new Subject(spec, images, services, fitting, script, planned, faults, beginning, length);
    }

    /// The same, typed at the console.
    public Subject withScript(ConsoleScript typed) {
        return new Subject(spec, images, services, fitting, typed, injections, faults, beginning, length);
    }

    /// The same, with runs that begin elsewhere.
    public Subject from(Beginning other) {
        return new Subject(spec, images, services, fitting, script, injections, faults, other, length);
    }

    /// The same, with runs that end after some time.
    ///
    /// @param ticks 1 or more
    public Subject ending(long ticks) {
        return new Subject(spec, images, services, fitting, script, injections, faults, beginning, ticks);
    }

    /// When a run ends, in ticks; [Choices#NEVER] if no time is given.
    long end() {
        long begins = beginning.ticks();
        return length > Choices.NEVER - begins ? Choices.NEVER : begins + length;
    }
}
