package dev.trapline.machine;

import static java.util.stream.Collectors.joining;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.Digest64;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.Width;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.fault.MachineFault;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceFailure;
import dev.trapline.abi.history.History;
import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.abi.history.RecordingHeader.ImageRef;
import dev.trapline.abi.history.RecordingHeader.ServiceRef;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.board.Board;
import dev.trapline.board.boot.BootPlan;
import dev.trapline.board.memory.MachineMemory;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.choice.DrawnFaults;
import dev.trapline.machine.choice.PlannedFaults;
import dev.trapline.machine.choice.SeededEntropy;
import dev.trapline.machine.firmware.LoadedService;
import dev.trapline.machine.firmware.MachineServices;
import dev.trapline.machine.firmware.ServiceGate;
import dev.trapline.machine.firmware.ServiceHost;
import dev.trapline.machine.schedule.Scheduler;
import dev.trapline.machine.text.HypercallText;
import dev.trapline.registry.CapabilityRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Checks that the parts of a machine fit together, and assembles them.
public final class MachineAssembly {

    private final EngineFactory engines;
    private final MachineSpec spec;
    private final List<Image> images;
    private final List<LoadedService<?>> services;
    private final CapabilityRegistry registry;
    private final Board board;
    private final BootPlan boot;
    private final MachineMemory memory;
    private final SortedMap<String, ServiceHost<?>> hosts = new TreeMap<>();
    private final SortedSet<Long> events = new TreeSet<>();
    private final ServiceGate gate = new ServiceGate();
    private final ServiceVersions versions;

    /// Checks a machine with an unchanged board.
    ///
    /// @see #MachineAssembly(EngineFactory, MachineSpec, List, List, Board.Fitting, RecordingHeader)
    public MachineAssembly(
            EngineFactory engines,
            MachineSpec spec,
            List<Image> images,
            List<FirmwareService<?>> offered,
            @Nullable RecordingHeader recorded) {
        this(engines, spec, images, offered, Board.Fitting.NONE, recorded);
    }

    /// Checks a machine.
    ///
    /// @param offered the services; a recorded machine gets those that its recording names
    /// @param fitting adds devices to its board
    /// @param recorded the header of its recording; null for a new machine
    /// @throws MachineSetupException if the parts do not fit together
    public MachineAssembly(
            EngineFactory engines,
            MachineSpec spec,
            List<Image> images,
            List<FirmwareService<?>> offered,
            Board.Fitting fitting,
            @Nullable RecordingHeader recorded) {
        this.engines = engines;
        this.spec = spec;
        this.images = List.copyOf(images);
        List<LoadedService<?>> loaded = new ArrayList<>();
        offered.forEach(service -> loaded.add(LoadedService.of(service)));
        this.services = recorded == null ? List.copyOf(loaded) : recorded(loaded, recorded);
        this.versions = ServiceVersions.of(recorded == null ? List.of() : recorded.services(), descriptors());
        CapabilityRegistry table =
                CapabilityRegistry.of(descriptors(), spec.firmware().policy());
        checkSettings();
        this.board = fitted(fitting);
        if (recorded != null) {
            RecordedDevices.require(recorded.devices(), board.bus().described());
        }
        this.boot = BootPlan.of(this.images, spec, ServiceContexts.treeContent(spec, services, board));
        this.memory = new MachineMemory(
                engines, spec.board().ramBytes(), boot.flash() ? spec.board().readOnlyFlash() : 0);
        List<FunctionId> absent = new ArrayList<>();
        try {
            putMemoryOnBus();
            for (LoadedService<?> service : services) {
                ServiceHost<?> host = host(service);
                hosts.put(service.name(), host);
                events.addAll(host.events());
                absent.addAll(host.absent());
            }
        } catch (ServiceFailure | MachineSetupException e) {
            discard();
            throw e;
        }
        this.registry = table.without(absent);
    }

    private Board fitted(Board.Fitting fitting) {
        try {
            Board plain = Board.of(spec.board(), spec.cpus());
            plain.fit(images);
            fitting.fit(plain);
            plain.requireVcpus(spec.cpus().count());
            if (spec.run().defects()) {
                plain.defects().allow();
            }
            return plain;
        } catch (IllegalArgumentException e) {
            throw new MachineSetupException("the devices do not fit the board: " + e.getMessage(), e);
        }
    }

    private void putMemoryOnBus() {
        try {
            memory.mapOn(board.bus());
            if (spec.cpus().width() == Width.AARCH32) {
                board.bus().requireBelow(1L << 32);
            }
        } catch (IllegalArgumentException e) {
            throw new MachineSetupException("the devices do not fit the memory: " + e.getMessage(), e);
        }
    }

    /// The device tree in the guest's memory at its start; null if it gets none.
    public @Nullable Bytes deviceTree() {
        return boot.writes().stream()
                .filter(write -> boot.deviceTree() != 0 && write.address() == boot.deviceTree())
                .findFirst()
                .map(BootPlan.MemoryWrite::bytes)
                .orElse(null);
    }

    /// Warnings about the images, one sentence each.
    public List<String> warnings() {
        return boot.warnings();
    }

    /// Checks an injection. Thread-safe.
    ///
    /// @throws IllegalArgumentException if it has no receiver, or if the board has no such interrupt
    public void requireInjectable(Injection what) {
        if (what.vcpu().index() >= spec.cpus().count()) {
            throw new IllegalArgumentException("an injection for " + what.vcpu() + ": this machine has "
                    + spec.cpus().count() + (spec.cpus().count() == 1 ? " vCPU" : " vCPUs"));
        }
        if (!board.accepts(what)) {
            throw new IllegalArgumentException(refusal(what));
        }
        String impossible = Upsets.whyNot(what, spec);
        if (!impossible.isEmpty()) {
            throw new IllegalArgumentException(impossible);
        }
        if (what instanceof Injection.Event event && !events.contains(event.number())) {
            throw new IllegalArgumentException("no service knows event " + event.number() + "; there are: "
                    + (events.isEmpty()
                            ? "none"
                            : events.stream().map(String::valueOf).collect(joining(", "))));
        }
    }

    /// Checks the faults of a run.
    ///
    /// @throws IllegalArgumentException as [FaultCheck#require]
    public void requirePossible(FaultPlan plan) {
        FaultCheck.require(plan, spec, board, descriptors());
        for (FaultRule rule : plan.rules()) {
            if (rule.what() instanceof MachineFault fault) {
                try {
                    DrawnFaults.some(fault, spec).forEach(this::requireInjectable);
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(
                            rule.origin() + ": the fault '" + rule.name() + "': " + e.getMessage(), e);
                }
            }
        }
    }

    private String refusal(Injection what) {
        String named = "the board '" + spec.board().kind().id() + "'";
        String other = "the board '" + BoardKind.VIRT.id() + "'";
        return switch (what) {
            case Injection.WakeUp _,
                    Injection.Event _,
                    Injection.MemoryFlip _,
                    Injection.RegisterFlip _,
                    Injection.Hold _ -> named + " takes no such injection";
            case Injection.Interrupt(VcpuId _, int intid) -> noInterrupt(intid, named);
            case Injection.LostInterrupt(VcpuId _, int intid) -> noInterrupt(intid, named);
            case Injection.SError _ -> "the CPUs of " + named + " take no SErrors; use " + other;
            case Injection.ConsoleSize _ ->
                "the console of this machine has no size; use the VirtIO console of " + other;
            case Injection.PowerButton _ -> named + " has no power button; use " + other;
            case Injection.Defect defect -> board.defects().whyNot(defect);
        };
    }

    private String noInterrupt(int intid, String named) {
        return "an interrupt with INTID " + intid + ": the interrupt controller of " + named + " has 0 to "
                + board.interrupts().lastIntid();
    }

    /// Frees the memory: the machine will not be built.
    public void discard() {
        memory.close();
    }

    /// The header of a recording of this machine.
    public RecordingHeader header() {
        String version = getClass().getPackage().getImplementationVersion();
        return new RecordingHeader(
                UUID.randomUUID().toString(),
                "Trapline " + (version == null ? "(built from source)" : version),
                engines.library(),
                strategies(spec),
                Digest64.VERSION,
                spec,
                descriptors().stream()
                        .map(d -> new ServiceRef(d.name(), d.version()))
                        .toList(),
                images.stream().map(ImageRef::of).toList(),
                board.bus().described());
    }

    private static Scheduler scheduler(MachineSpec spec) {
        return Scheduler.of(
                spec.schedule().kind(),
                spec.schedule().quantum(),
                spec.schedule().seed());
    }

    /// Names and versions of what makes choices of which a recording has no record.
    private static String strategies(MachineSpec spec) {
        return scheduler(spec).name() + " " + SeededEntropy.NAME
                + (spec.run().faults() ? " " + PlannedFaults.NAME : "");
    }

    public MachineParts assemble(
            Choices choices, Console console, History history, Controls controls, Runnable onClosed) {
        return new MachineParts(
                spec,
                engines,
                registry,
                new MachineServices(hosts),
                boot,
                memory,
                board,
                scheduler(spec),
                choices,
                console,
                history,
                controls,
                new RunLog(new HypercallText(descriptors()), versions),
                gate,
                onClosed);
    }

    private List<ServiceDescriptor> descriptors() {
        return services.stream()
                .<ServiceDescriptor>map(LoadedService::descriptor)
                .toList();
    }

    private <S> ServiceHost<S> host(LoadedService<S> service) {
        try {
            return new ServiceHost<>(service, ServiceContexts.of(spec, service.descriptor()), memory, gate);
        } catch (IllegalArgumentException e) {
            throw new MachineSetupException("service '" + service.name() + "' cannot start: " + e.getMessage(), e);
        }
    }

    private void checkSettings() {
        TreeSet<String> known = new TreeSet<>();
        descriptors().forEach(d -> d.settings().forEach(s -> known.add(d.name() + "." + s.key())));
        for (String given : spec.firmware().settings().keySet()) {
            if (!known.contains(given)) {
                throw new MachineSetupException("no service has the setting '" + given + "'; there are: "
                        + (known.isEmpty() ? "none" : String.join(", ", known)));
            }
        }
    }

    /// The services a recording was made with, in its order, found among those offered.
    private static List<LoadedService<?>> recorded(List<LoadedService<?>> offered, RecordingHeader header) {
        check("strategies for choices", header.strategies(), strategies(header.spec()));
        check("digest function", header.digestVersion(), Digest64.VERSION);
        List<LoadedService<?>> found = new ArrayList<>();
        for (ServiceRef wanted : header.services()) {
            found.add(offered.stream()
                    .filter(s -> s.name().equals(wanted.name()))
                    .findFirst()
                    .orElseThrow(() -> new MachineSetupException(
                            "the recording was made with service '" + wanted.name() + "' (version " + wanted.version()
                                    + "), which is not here: give the jar that has it with --plugin")));
        }
        return found;
    }

    private static void check(String what, Object recorded, Object ours) {
        if (!recorded.equals(ours)) {
            throw new MachineSetupException("the recording was made with " + what + " " + recorded
                    + ", and this Trapline has " + ours + ": replay it with the Trapline that made it");
        }
    }
}
