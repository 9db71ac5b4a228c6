package dev.trapline.machine;

import static dev.trapline.testkit.FakeEngines.hvc;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.JournalRecord.Slice;
import dev.trapline.abi.history.JournalRecord.Turned;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.ScheduleSpec;
import dev.trapline.machine.choice.Choices;
import dev.trapline.testkit.FakeEngines;
import dev.trapline.testkit.KeptHistory;
import dev.trapline.testkit.ReplayedHistory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Turns that are not chosen by the machine's schedule: they are recorded if they differ from it, and checked in a
/// replay.
class TurnsTest {

    private static final long QUANTUM = 1_000;
    private static final VcpuId CPU0 = new VcpuId(0);
    private static final VcpuId CPU1 = new VcpuId(1);
    private static final long SLICES = 12;

    private final FakeEngines engines = new FakeEngines();
    private final List<Runnable> closing = new ArrayList<>();

    @AfterEach
    void close() {
        closing.reversed().forEach(Runnable::run);
    }

    /// Two vCPUs that compute; the first one turns the second one on.
    private StepMachine machine(Choices choices, History history) {
        engines.script(hvc(Toy.POWER_ON, 1)).script();
        MachineSpec spec = MachineSpec.DEFAULT
                .with(CpuSpec.DEFAULT.withCount(2))
                .with(BoardSpec.DEFAULT.withRam(BoardSpec.MIN_RAM))
                .with(ScheduleSpec.DEFAULT.withQuantum(QUANTUM));
        Image image = new Image(Image.Kind.RAW, "nothing.bin", FakeEngines.ENTRY, Bytes.copyOf(new byte[64]));
        MachineParts parts = new MachineAssembly(engines, spec, List.of(image), List.of(new Toy()), null)
                .assemble(choices, new Console((_, _) -> {}), history, new Controls(), () -> {});
        StepMachine machine = new StepMachine(parts);
        closing.add(parts::close);
        closing.add(machine::close);
        machine.begin();
        return machine;
    }

    /// Turns of a number of ticks.
    private static Choices turnsOf(long length) {
        return new Choices() {
            @Override
            public Turn turn(ChoicePoint asked, long ready, Turn byDefault) {
                return new Turn(byDefault.vcpu(), length);
            }
        };
    }

    private List<JournalRecord> record(Choices choices) {
        KeptHistory history = new KeptHistory();
        StepMachine machine = machine(choices, history);
        while (machine.slices() < SLICES && machine.outcome() == null) {
            machine.runSlice();
        }
        assertThat(machine.outcome()).as("it continues").isNull();
        return List.copyOf(history.records);
    }

    private @Nullable RunOutcome replay(List<JournalRecord> records) {
        StepMachine machine = machine(Choices.defaults(), new ReplayedHistory(records));
        while (machine.outcome() == null) {
            machine.runSlice();
        }
        return machine.outcome();
    }

    @Test
    void onlyATurnThatTheScheduleWouldNotHaveGivenIsRecorded() {
        assertThat(record(Choices.defaults())).noneMatch(Turned.class::isInstance);
        assertThat(record(turnsOf(QUANTUM))).noneMatch(Turned.class::isInstance);
        assertThat(record(turnsOf(400)).stream().limit(2))
                .as("a turn is recorded before its slice")
                .satisfiesExactly(
                        first -> assertThat(first).isEqualTo(new Turned(new Turn(CPU0, 400))),
                        second -> assertThat(second).isInstanceOf(Slice.class));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 400, 999, 1000, 1001, 5000, Long.MAX_VALUE})
    void aTurnIsAsLongAsChosenAndEndsWithTheRoundAtTheLatest(long length) {
        List<JournalRecord> records = record(turnsOf(length));
        assertThat(records.stream().filter(Slice.class::isInstance).map(record -> ((Slice) record).budget()))
                .allSatisfy(budget -> assertThat(budget).isBetween(1L, Math.min(length, QUANTUM)));
        assertThat(replay(records)).isEqualTo(new RunOutcome.RecordingEnds());
    }

    /// Only the first vCPU is skipped, once: the other one runs, and the next round begins.
    @Test
    void aVcpuIsPassedOverByATurnOfNoLength() {
        List<JournalRecord> records = record(new Choices() {
            private boolean done;

            @Override
            public Turn turn(ChoicePoint asked, long ready, Turn byDefault) {
                boolean pass =
                        !done && Long.bitCount(ready) == 2 && byDefault.vcpu().equals(CPU0);
                done |= pass;
                return pass ? new Turn(CPU0, 0) : byDefault;
            }
        });
        int at = records.indexOf(new Turned(new Turn(CPU0, 0)));
        assertThat(at).isPositive();
        assertThat(records.get(at + 1))
                .isInstanceOfSatisfying(
                        Slice.class, slice -> assertThat(slice.vcpu()).isEqualTo(CPU1));
        assertThat(replay(records)).isEqualTo(new RunOutcome.RecordingEnds());
    }

    @Test
    void aChoiceOfAVcpuThatCannotRunIsADefect() {
        StepMachine machine = machine(
                new Choices() {
                    @Override
                    public Turn turn(ChoicePoint asked, long ready, Turn byDefault) {
                        return new Turn(CPU1, 10);
                    }
                },
                new KeptHistory());
        assertThat(machine.outcome())
                .isInstanceOfSatisfying(
                        RunOutcome.Broken.class,
                        broken -> assertThat(broken.message()).contains("vcpu1"));
    }

    /// A recording may be forged.
    @Test
    void aRecordedTurnOfAVcpuThatCannotRunIsADivergence() {
        assertDiverges(with(record(Choices.defaults()), 0, new Turned(new Turn(CPU1, 10))), "vcpu1");
    }

    @Test
    void aRecordedTurnWithinATurnIsADivergence() {
        // The call in the first slice ends the slice, but not the turn.
        List<JournalRecord> records = record(Choices.defaults());
        assertDiverges(with(records, 2, new Turned(new Turn(CPU0, 10))), "Turned");
    }

    @Test
    void anInputBehindATurnIsADivergence() {
        List<JournalRecord> records = record(turnsOf(400));
        assertDiverges(with(records, 1, new JournalRecord.ConsoleInput(Bytes.copyOf(new byte[] {1}))), "ConsoleInput");
        assertDiverges(with(records, 1, new Turned(new Turn(CPU0, 10))), "Turned");
    }

    @Test
    void aRecordedTurnThatIsMissingIsADivergence() {
        List<JournalRecord> records = new ArrayList<>(record(turnsOf(400)));
        records.removeFirst();
        assertThat(replay(records)).isInstanceOf(RunOutcome.Diverged.class);
    }

    private void assertDiverges(List<JournalRecord> forged, String names) {
        assertThat(replay(forged))
                .isInstanceOfSatisfying(
                        RunOutcome.Diverged.class,
                        diverged -> assertThat(diverged.report()).contains(names));
    }

    private static List<JournalRecord> with(List<JournalRecord> records, int at, JournalRecord forged) {
        List<JournalRecord> changed = new ArrayList<>(records);
        changed.add(at, forged);
        return changed;
    }
}
