package dev.trapline.machine;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.EntropyKey;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.JournalRecord.Slice;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.ConsoleScript;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.ExitCosts;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.ScheduleSpec;
import dev.trapline.board.Board;
import dev.trapline.board.device.ConsoleDevice;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.choice.ConsoleInput;
import dev.trapline.machine.choice.OperatorChoices;
import dev.trapline.machine.choice.PlannedInjections;
import dev.trapline.machine.choice.Requests;
import dev.trapline.machine.choice.SeededEntropy;
import dev.trapline.testkit.FakeEngines;
import dev.trapline.testkit.FakeEngines.Step;
import dev.trapline.testkit.KeptHistory;
import dev.trapline.testkit.ReplayedHistory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A machine whose vCPUs play scripts, with [Toy] as its only service, and everything that a test looks at.
final class ToyMachine implements AutoCloseable {

    /// The length of a round, in ticks.
    static final long SLICE = 1_000;

    /// The cost of a call, in ticks. It is different from what any other exit costs.
    static final long CALL = 256;
    static final long WAIT = 16;
    static final long MAINTENANCE = 64;

    /// What is in memory from [FakeEngines#ENTRY] on at the start. No engine executes it.
    static final Bytes IMAGE = Bytes.copyOf(new byte[] {1, 2, 3, 5, 8, 13, 21, 34});

    /// More slices than any test has.
    private static final long MANY = 10_000;

    final FakeEngines engines = new FakeEngines();
    final KeptHistory history = new KeptHistory();
    final Toy toy = new Toy();
    final Requests requests = new Requests();
    final Controls controls = new Controls();

    /// What the guest printed.
    final StringBuilder printed = new StringBuilder();

    private final List<Runnable> closing = new ArrayList<>();
    private @Nullable MachineParts parts;
    private Board.Fitting fitting = Board.Fitting.NONE;

    static MachineSpec spec(int vcpus) {
        return MachineSpec.DEFAULT
                .with(CpuSpec.DEFAULT.withCount(vcpus))
                .with(BoardSpec.DEFAULT.withRam(BoardSpec.MIN_RAM))
                .with(ScheduleSpec.DEFAULT.withQuantum(SLICE).with(new ExitCosts(CALL, WAIT, MAINTENANCE)));
    }

    /// Adds devices and wires to the board.
    ToyMachine fit(Board.Fitting devices) {
        fitting = devices;
        return this;
    }

    /// Assembles the machine, which has no power yet.
    MachineParts assemble(MachineSpec spec, Choices choices, History kept) {
        Image image = new Image(Image.Kind.RAW, "nothing.bin", FakeEngines.ENTRY, IMAGE);
        MachineParts assembled = new MachineAssembly(engines, spec, List.of(image), List.of(toy), fitting, null)
                .assemble(choices, new Console(this::print), kept, controls, () -> {});
        closing.add(assembled::close);
        parts = assembled;
        return assembled;
    }

    private void print(byte[] bytes, int length) {
        printed.append(new String(bytes, 0, length, StandardCharsets.US_ASCII));
    }

    /// Powers the machine on, and stops before its first slice.
    StepMachine begin(MachineSpec spec, Choices choices, History kept) {
        StepMachine machine = new StepMachine(assemble(spec, choices, kept));
        closing.add(machine::close);
        machine.begin();
        return machine;
    }

    /// Only the loop, recorded in [#history]: it has begun and granted its first slice, which nothing runs.
    ///
    /// @param told keeps the commands after that
    MachineCore begun(int vcpus, Told told) {
        MachineSpec spec = spec(vcpus);
        MachineCore core = assemble(spec, choices(spec, ""), history).core(told);
        core.begin();
        told.forget();
        return core;
    }

    /// The same, recorded in [#history]. Its inputs are those of [#requests], and the planned ones.
    StepMachine begin(MachineSpec spec, PlannedInjection... planned) {
        return begin(spec, choices(spec, "", planned), history);
    }

    /// A replay of records that a test has, which asks nobody for a choice.
    StepMachine replay(MachineSpec spec, List<JournalRecord> records) {
        return begin(spec, new Unasked(), new ReplayedHistory(records));
    }

    /// A replay takes its choices from its recording. To ask for one is a defect of Trapline, and ends the run so.
    private static final class Unasked implements Choices {
        @Override
        public Turn turn(ChoicePoint asked, long ready, Turn byDefault) {
            throw new IllegalStateException("asked for a turn: " + asked);
        }

        @Override
        public Bytes entropy(EntropyKey asked, int bytes) {
            throw new IllegalStateException("asked for entropy: " + asked);
        }

        @Override
        public JournalRecord.Arrival arrival(Place here) {
            throw new IllegalStateException("asked for an arrival: " + here.point());
        }

        @Override
        public long arrivalBetween(long after, long until, boolean idle) {
            throw new IllegalStateException("asked for an arrival after " + after);
        }
    }

    /// The same with default settings.
    StepMachine begin(int vcpus) {
        return begin(spec(vcpus));
    }

    /// @param script what is typed at the console
    Choices choices(MachineSpec spec, String script, PlannedInjection... planned) {
        return new OperatorChoices(
                requests,
                new ConsoleInput(ConsoleScript.typing(Bytes.copyOf(script.getBytes(StandardCharsets.US_ASCII))), spec),
                new PlannedInjections(List.of(planned)),
                new SeededEntropy(spec.schedule().seed()));
    }

    MachineParts parts() {
        return Objects.requireNonNull(parts, "assembled first");
    }

    ConsoleDevice console() {
        return parts().board().console();
    }

    /// A step that prints before it ends its slice.
    Step prints(String text, Step then) {
        return registers -> {
            for (byte each : text.getBytes(StandardCharsets.US_ASCII)) {
                console().write(0, 1, each);
            }
            return then.apply(registers);
        };
    }

    /// A step that does something else before it ends its slice.
    static Step doing(Runnable what, Step then) {
        return registers -> {
            what.run();
            return then.apply(registers);
        };
    }

    static Step maintenance() {
        return _ -> new Exit.Maintenance(1, 2);
    }

    static void run(StepMachine machine, int slices) {
        for (int n = 0; n < slices; n++) {
            machine.runSlice();
        }
    }

    /// Runs to the end of the run, which must come.
    static void runToEnd(StepMachine machine) {
        while (machine.outcome() == null && machine.slices() < MANY) {
            machine.runSlice();
        }
    }

    /// The records of one kind, in order.
    <R extends JournalRecord> List<R> records(Class<R> kind) {
        return history.records.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    List<Slice> slices() {
        return records(Slice.class);
    }

    @Override
    public void close() {
        closing.reversed().forEach(Runnable::run);
    }
}
