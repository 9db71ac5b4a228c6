package dev.trapline.vcpu;

import akka.actor.typed.ActorSystem;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.NetworkKind;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.firmware.EntropySource;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.machine.ConsoleScript;
import dev.trapline.abi.machine.FirmwareSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.NetworkSpec;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.StoragePolicy;
import dev.trapline.abi.policy.Policy;
import dev.trapline.board.Board;
import dev.trapline.board.boot.ImageException;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.machine.Console;
import dev.trapline.machine.ConsoleOutput;
import dev.trapline.machine.Controls;
import dev.trapline.machine.MachineAssembly;
import dev.trapline.machine.MachineParts;
import dev.trapline.machine.MachineSetupException;
import dev.trapline.machine.RunReport;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.choice.ConsoleInput;
import dev.trapline.machine.choice.Requests;
import dev.trapline.machine.firmware.LoadedService;
import dev.trapline.machine.network.NetworkSwitch;
import dev.trapline.machine.network.SwitchPort;
import dev.trapline.registry.kvm.FirmwareRegisters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Builds and starts machines: the API that embeds Trapline in a Java program or test.
///
/// ```java
/// MachineRun run = Machine.builder(engines, spec)
///         .image(new Image(Image.Kind.ELF, "hello.elf", 0, bytes))
///         .services(FirmwareServices.onClassPath())
///         .console((printed, length) -> System.out.write(printed, 0, length))
///         .recordTo(Path.of("rec"))
///         .start(system);
/// RunReport report = run.done().toCompletableFuture().join();
/// ```
public final class Machine {

    private Machine() {}

    /// A builder for a machine with this description.
    public static Builder builder(EngineFactory engines, MachineSpec spec) {
        return new Builder(engines, spec, null);
    }

    /// A builder for the replay of a recording: machine, images and inputs are taken from the recording, and every
    /// step is compared with it.
    ///
    /// @param recording the recording, which is closed when the run ends
    public static Builder replay(EngineFactory engines, RecordingReader recording) {
        Builder builder = new Builder(engines, recording.header().spec(), recording);
        recording.images().forEach(builder::image);
        return builder;
    }

    /// A builder that continues a recording whose run did not end. Machine and images are taken from the recording.
    /// The recorded steps are replayed and checked; after them the run is live and recorded. The console output is
    /// printed from the beginning. A script, planned interrupts and seeded entropy continue after their recorded
    /// part.
    ///
    /// @param recording the recording, which describes the machine; it is closed when the machine is started
    /// @param directory the recording's directory
    public static Builder proceed(EngineFactory engines, RecordingReader recording, Path directory) {
        Builder builder = replay(engines, recording);
        builder.proceedWith = directory;
        return builder;
    }

    /// Collects the parts of a machine.
    public static final class Builder {

        private final EngineFactory engines;
        private MachineSpec spec;
        private boolean hasRun;
        private final @Nullable RecordingReader recording;
        private final List<Image> images = new ArrayList<>();
        private final List<FirmwareService<?>> services = new ArrayList<>();
        private Board.Fitting fitting = Board.Fitting.NONE;
        private ConsoleOutput console = (_, _) -> {};
        private Consumer<String> warnings = _ -> {};
        private final RunPlans plans = new RunPlans();
        private @Nullable NetworkSwitch network;
        private @Nullable String name;
        private @Nullable Path recordTo;
        private @Nullable Path proceedWith;
        private StoragePolicy storage = StoragePolicy.DEFAULT;
        private @Nullable History given;

        private Builder(EngineFactory engines, MachineSpec spec, @Nullable RecordingReader recording) {
            this.engines = engines;
            this.spec = spec;
            this.recording = recording;
            this.hasRun = recording != null;
        }

        /// Adds an image, which is loaded at power-on and at every reset.
        public Builder image(Image image) {
            images.add(image);
            return this;
        }

        /// Adds your own devices to the board. A recording does not contain the devices' code: add the same
        /// devices to its replay.
        public Builder board(Board.Fitting devices) {
            this.fitting = devices;
            return this;
        }

        /// Adds a firmware service. A replay uses only the services in the recording's header.
        public Builder service(FirmwareService<?> service) {
            services.add(service);
            return this;
        }

        /// Adds firmware services, in this order.
        public Builder services(Iterable<? extends FirmwareService<?>> added) {
            added.forEach(services::add);
            return this;
        }

        /// The value of a pseudo firmware register: see [FirmwareRegisters].
        ///
        /// @throws dev.trapline.registry.RegistryException if the services added so far do not have the
        ///     register
        public long firmwareRegister(long id) {
            return firmwareRegisters().get(id);
        }

        /// Sets a pseudo firmware register. This is possible only before the machine has run; a recorded
        /// machine has run.
        ///
        /// @throws dev.trapline.registry.RegistryException as documented in [FirmwareRegisters], for the
        ///     services added so far
        public Builder firmwareRegister(long id, long value) {
            FirmwareRegisters registers = firmwareRegisters();
            if (hasRun) {
                registers.requireUnchanged(id, value);
                return this;
            }
            FirmwareRegisters changed = registers.with(id, value);
            spec = spec.with(new FirmwareSpec(changed.policy(), changed.settings()));
            return this;
        }

        private FirmwareRegisters firmwareRegisters() {
            List<ServiceDescriptor> descriptors = services.stream()
                    .<ServiceDescriptor>map(service -> LoadedService.of(service).descriptor())
                    .toList();
            return new FirmwareRegisters(
                    descriptors, spec.firmware().policy(), spec.firmware().settings());
        }

        /// Sets the receiver of the guest's console output. By default the output is dropped.
        public Builder console(ConsoleOutput output) {
            this.console = output;
            return this;
        }

        /// Sets the receiver of warnings about the images, one sentence each
        /// ([dev.trapline.board.boot.BootPlan#warnings]). It receives them before the first slice. By default
        /// they are dropped.
        public Builder warnings(Consumer<String> told) {
            this.warnings = told;
            return this;
        }

        /// Sets console input that is known before the start. It is typed byte by byte in virtual time.
        public Builder script(Bytes input) {
            return script(ConsoleScript.typing(input));
        }

        /// Sets console input that is known before the start, with steps that wait for the guest's output. If
        /// the guest does not print in time what a step waits for, the run ends with [RunOutcome.Limit#SCRIPT],
        /// and [RunReport#unused] has the step.
        public Builder script(ConsoleScript steps) {
            plans.script = steps;
            return this;
        }

        /// Plans the injection of an interrupt or an event. A replay takes injections from the recording
        /// instead.
        public Builder inject(PlannedInjection injection) {
            plans.injections.add(injection);
            return this;
        }

        /// Sets the source of entropy; by default a generator that uses the machine's seed. A replay takes
        /// entropy from the recording instead.
        public Builder entropy(EntropySource source) {
            plans.entropy = source;
            return this;
        }

        /// Connects the machine's network interface with others of the process, if it has one for a switch. By
        /// default it is alone, and what it sends is dropped. A replay takes frames from the recording instead,
        /// and what it sends is dropped.
        public Builder network(NetworkSwitch shared) {
            this.network = shared;
            return this;
        }

        /// Sets the run's faults. A replay takes them from the recording instead. A recording can be continued
        /// with faults only if it was made with some, and with defects of devices only if it was made with
        /// some.
        public Builder faults(FaultPlan plan) {
            plans.faults = plan;
            if (!hasRun) {
                spec = spec.with(plan.allowedIn(spec.run()));
            }
            return this;
        }

        /// Sets the source of the run's choices: turns, entropy, arrivals. By default turns are chosen by the
        /// machine's schedule, and the other choices by the calls to this builder and to the running machine. A
        /// replay takes all choices from the recording instead.
        ///
        /// @param around gets the default choices, and returns choices that may delegate to them
        public Builder choices(UnaryOperator<Choices> around) {
            plans.choices = around;
            return this;
        }

        /// The machine's name in its actor system ([MachineGuardian]); by default `machine-` and a number. 1 to
        /// 64 letters, digits, `.`, `_` and `-`.
        public Builder name(String called) {
            this.name = called;
            return this;
        }

        /// Records the run to a directory that must not exist yet.
        public Builder recordTo(Path directory) {
            this.recordTo = directory;
            return this;
        }

        /// Sets how the recording is stored, if there is one.
        public Builder storage(StoragePolicy policy) {
            this.storage = policy;
            return this;
        }

        /// Uses the caller's own history instead of a recording, for tests.
        Builder history(History history) {
            this.given = history;
            return this;
        }

        /// Powers the machine on.
        ///
        /// @param system the actor system of its actors; many machines can share it
        /// @throws MachineSetupException if services and settings contradict each other or the recording, or if
        ///     another machine of the system has the name
        /// @throws dev.trapline.abi.firmware.ServiceFailure if a service fails before the first slice
        /// @throws ImageException if the images cannot be started on this machine
        /// @throws dev.trapline.registry.RegistryException if claims and rules contradict each other
        /// @throws RecordingException if the recording cannot be created
        public MachineRun start(ActorSystem<?> system) {
            MachineAssembly assembly = new MachineAssembly(
                    engines, spec, images, services, fitting, recording == null ? null : recording.header());
            requirePossible(assembly);
            assembly.warnings().forEach(warnings);
            Machines machines = Machines.of(system);
            SwitchPort port = null;
            String called = null;
            History history;
            try {
                port = plugged();
                called = machines.take(name);
                history = history(system, assembly);
            } catch (MachineSetupException | RecordingException e) {
                if (called != null) {
                    machines.gone(called);
                }
                if (port != null) {
                    port.unplug();
                }
                assembly.discard();
                throw e;
            }
            hasRun = true;
            return begin(assembly, called, history, port, machines, MachineDispatchers.of(system));
        }

        /// The machine's port of the switch; null if it has none.
        private @Nullable SwitchPort plugged() {
            NetworkSpec wanted = spec.board().network();
            boolean replay = recording != null && proceedWith == null;
            if (network == null || wanted.kind() != NetworkKind.SWITCH || replay) {
                return null;
            }
            try {
                return network.plug(wanted.mac());
            } catch (IllegalArgumentException e) {
                throw new MachineSetupException(String.valueOf(e.getMessage()));
            }
        }

        /// The device tree that the guest would get at its start; null if it gets none. Nothing is run or
        /// recorded.
        ///
        /// @throws MachineSetupException as [#start]
        /// @throws ImageException as [#start]
        public @Nullable Bytes deviceTree() {
            MachineAssembly assembly = new MachineAssembly(
                    engines, spec, images, services, fitting, recording == null ? null : recording.header());
            assembly.discard();
            assembly.warnings().forEach(warnings);
            return assembly.deviceTree();
        }

        private MachineRun begin(
                MachineAssembly assembly,
                String called,
                History history,
                @Nullable SwitchPort port,
                Machines machines,
                MachineDispatchers dispatchers) {
            Controls controls = new Controls();
            ConsoleInput input = new ConsoleInput(plans.script, spec);
            String dispatcher = dispatchers.borrow();
            Requests requests = new Requests();
            MachineParts parts = assembly.assemble(
                    plans.choices(spec, input, requests, port),
                    new Console(console),
                    history,
                    controls,
                    () -> dispatchers.giveBack(dispatcher));
            RunHandle run = new RunHandle(
                    new CompletableFuture<>(),
                    controls,
                    requests,
                    input,
                    parts.gate(),
                    history,
                    policy -> requireUsable(parts, policy),
                    assembly::requireInjectable);
            if (port != null) {
                run.done().whenComplete((_, _) -> port.unplug());
            }
            machines.start(
                    new MachineGuardian.Birth(called, MachineActor.create(parts, run.report()), dispatcher, run));
            return run;
        }

        private void requirePossible(MachineAssembly assembly) {
            boolean replay = recording != null && proceedWith == null;
            try {
                plans.requirePossible(assembly, spec, replay);
            } catch (IllegalArgumentException e) {
                assembly.discard();
                throw new MachineSetupException(String.valueOf(e.getMessage()));
            }
        }

        private static void requireUsable(MachineParts parts, Policy policy) {
            parts.registry(policy);
            Recordings.requireRecordable(new JournalRecord.Reconfigured(policy));
        }

        private History history(ActorSystem<?> system, MachineAssembly assembly) {
            if (given != null) {
                return given;
            }
            if (recording != null && proceedWith != null) {
                recording.close();
                return Recordings.proceed(system, proceedWith, storage);
            }
            if (recording != null) {
                return Recordings.replay(recording);
            }
            return recordTo == null
                    ? History.none()
                    : Recordings.create(system, recordTo, assembly.header(), images, storage);
        }
    }
}
