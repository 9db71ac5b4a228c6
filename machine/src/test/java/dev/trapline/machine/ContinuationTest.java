package dev.trapline.machine;

import static dev.trapline.testkit.FakeEngines.after;
import static dev.trapline.testkit.FakeEngines.budget;
import static dev.trapline.testkit.FakeEngines.hvc;
import static dev.trapline.testkit.FakeEngines.wfi;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.EntropyKey;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.MachineEvent;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.JournalRecord.ConsoleInput;
import dev.trapline.abi.history.JournalRecord.Entropy;
import dev.trapline.abi.history.JournalRecord.Injected;
import dev.trapline.abi.history.JournalRecord.Input;
import dev.trapline.abi.history.JournalRecord.Slice;
import dev.trapline.abi.history.JournalRecord.Turned;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.choice.ScheduledChoices;
import dev.trapline.machine.schedule.Scheduler;
import dev.trapline.testkit.FakeEngines;
import dev.trapline.testkit.FakeEngines.Step;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A recording that was cut off is replayed, and continued live behind its last record: with what had not happened.
class ContinuationTest {

    private static final VcpuId CPU0 = new VcpuId(0);
    private static final VcpuId CPU1 = new VcpuId(1);
    private static final long UART_DR = 0;
    private static final String TYPED = "hello";

    private final List<ToyMachine> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(ToyMachine::close);
    }

    private ToyMachine open() {
        ToyMachine toys = new ToyMachine();
        opened.add(toys);
        return toys;
    }

    private static MachineSpec spec() {
        MachineSpec plain = ToyMachine.spec(2);
        return plain.with(plain.board().withInputInterval(700));
    }

    /// A guest that draws entropy, waits for timers and for injections, and prints what is typed.
    private static ToyMachine busy(ToyMachine toys) {
        long draw = toys.toy.does(new Effect.DrawEntropy(8), new Effect.DrawEntropy(3));
        Step echo = registers -> {
            long typed = toys.console().read(UART_DR, 1);
            return (typed == 0 ? budget() : toys.prints(String.valueOf((char) typed), budget())).apply(registers);
        };
        FakeEngines engines = toys.engines;
        engines.script(
                hvc(Toy.POWER_ON, 1, 300),
                hvc(draw),
                echo,
                engines.timerIn(4_321, wfi()),
                engines.timer(Engine.NO_DEADLINE, echo),
                hvc(draw),
                wfi(),
                echo,
                echo,
                hvc(Toy.OFF));
        engines.script(echo, after(333, hvc(Toy.COUNT)), echo, hvc(draw), echo, echo, wfi());
        return toys;
    }

    /// The plan of the user, with the turns of the random schedule, which the header's schedule would not give.
    private static Choices plan(ToyMachine toys, long seed) {
        Choices planned = toys.choices(
                spec(),
                TYPED,
                new PlannedInjection(new Injection.WakeUp(CPU0), new Moment.AtSlice(3)),
                new PlannedInjection(new Injection.Event(CPU1, 7), new Moment.AtTime(1_234)),
                new PlannedInjection(new Injection.Interrupt(CPU0, 40), new Moment.AtTime(9_876)),
                new PlannedInjection(new Injection.WakeUp(CPU0), new Moment.AtTime(12_345)));
        return seed == 0
                ? planned
                : new ScheduledChoices(Scheduler.of(Schedule.RANDOM, ToyMachine.SLICE, seed), planned);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3})
    void cutBeforeAnySliceOrInputItContinuesAsTheRunThatWasNotCut(long seed) {
        ToyMachine whole = busy(open());
        StepMachine recorded = whole.begin(spec(), plan(whole, seed), whole.history);
        ToyMachine.runToEnd(recorded);
        List<JournalRecord> records = whole.history.records;
        assertThat(recorded.outcome()).as("the run has its end").isEqualTo(new RunOutcome.PoweredOff());
        assertThat(whole.printed).as("what was typed arrived").contains("h", "e");
        assertThat(whole.records(Input.class))
                .as("all kinds of input that are chosen")
                .hasAtLeastOneElementOfType(Entropy.class)
                .hasAtLeastOneElementOfType(Injected.class)
                .hasAtLeastOneElementOfType(ConsoleInput.class)
                .hasAtLeastOneElementOfType(JournalRecord.Round.class);
        assertThat(whole.records(Turned.class).isEmpty())
                .as("turns that differ from round robin")
                .isEqualTo(seed == 0);
        for (int cut = 0; cut < records.size(); cut++) {
            if (records.get(cut) instanceof Slice || records.get(cut) instanceof Input) {
                continueFrom(records, cut, seed, recorded.report());
            }
        }
    }

    /// A recording may be cut off between any segments, and each begins with a slice or an input.
    private void continueFrom(List<JournalRecord> records, int cut, long seed, RunReport expected) {
        ToyMachine toys = busy(open());
        ContinuedHistory history = new ContinuedHistory(records.subList(0, cut));
        StepMachine machine = toys.begin(spec(), plan(toys, seed), history);
        ToyMachine.runToEnd(machine);
        assertThat(history.live)
                .as("behind record %d of %d", cut, records.size())
                .isEqualTo(records.subList(cut, records.size()));
        assertThat(machine.report())
                .as("the report, behind record %d", cut)
                .usingRecursiveComparison()
                .isEqualTo(expected);
    }

    /// What the machine says of a recording that is continued, and the names of entropy that it draws.
    private static final class Noted implements Choices {
        private final List<String> passedOver = new ArrayList<>();
        private final List<EntropyKey> drawn = new ArrayList<>();

        @Override
        public Bytes entropy(EntropyKey asked, int bytes) {
            drawn.add(asked);
            return Bytes.copyOf(new byte[bytes]);
        }

        @Override
        public void passOver(Input recorded, Place here) {
            passedOver.add(recorded.getClass().getSimpleName() + " at slice " + here.slices() + ", round "
                    + here.round() + ", " + here.point());
        }

        @Override
        public JournalRecord.@Nullable Arrival arrival(Place here) {
            return null;
        }
    }

    @Test
    void entropyOfTheRecordingIsNotDrawnAgainAndTheNextRequestHasTheNextName() {
        ToyMachine toys = open();
        long draw = toys.toy.does(new Effect.DrawEntropy(8), new Effect.DrawEntropy(3));
        toys.engines.script(hvc(draw), hvc(draw), budget());
        ToyMachine whole = open();
        whole.toy.does(new Effect.DrawEntropy(8), new Effect.DrawEntropy(3));
        whole.engines.script(hvc(draw), hvc(draw), budget());
        StepMachine recorded = whole.begin(spec(), new Noted(), whole.history);
        ToyMachine.run(recorded, 2);
        List<JournalRecord> first = whole.history.records.subList(0, 3);
        assertThat(first)
                .as("the call, its answer, and one of two requests")
                .last()
                .isInstanceOf(Entropy.class);

        Noted noted = new Noted();
        StepMachine machine = toys.begin(spec(), noted, new ContinuedHistory(first));
        ToyMachine.run(machine, 2);
        assertThat(noted.drawn)
                .as("the second request of the first call, and those of the second call")
                .containsExactly(new EntropyKey("toy", 2), new EntropyKey("toy", 3), new EntropyKey("toy", 4));
        assertThat(toys.toy.events)
                .filteredOn(MachineEvent.Entropy.class::isInstance)
                .as("8 and 3 bytes for each call, each once")
                .extracting(event -> ((MachineEvent.Entropy) event).bytes().size())
                .containsExactly(8, 3, 8, 3);
        assertThat(noted.passedOver)
                .as("the choices are told of what the recording has, with its place")
                .containsExactly("Entropy at slice 1, round 0, " + new ChoicePoint(CPU0, 1 + ToyMachine.CALL, 0));
    }

    @Test
    void aReplayThatIsNotContinuedEndsWithItsRecording() {
        ToyMachine whole = busy(open());
        StepMachine recorded = whole.begin(spec(), plan(whole, 1), whole.history);
        ToyMachine.runToEnd(recorded);
        List<JournalRecord> records = whole.history.records;
        for (int cut = 1; cut < records.size(); cut++) {
            boolean ends = records.get(cut) instanceof Slice || records.get(cut) instanceof Input;
            // Behind a turn, its slice follows from the recording.
            if (ends && !(records.get(cut - 1) instanceof Turned)) {
                ToyMachine toys = busy(open());
                StepMachine machine = toys.replay(spec(), records.subList(0, cut));
                ToyMachine.runToEnd(machine);
                long slices = records.stream()
                        .limit(cut)
                        .filter(Slice.class::isInstance)
                        .count();
                assertThat(machine.outcome()).as("behind record %d", cut).isEqualTo(new RunOutcome.RecordingEnds());
                assertThat(machine.slices()).as("as many slices").isEqualTo(slices);
            }
        }
    }
}
