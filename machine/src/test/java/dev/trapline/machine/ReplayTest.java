package dev.trapline.machine;

import static dev.trapline.testkit.FakeEngines.after;
import static dev.trapline.testkit.FakeEngines.budget;
import static dev.trapline.testkit.FakeEngines.hvc;
import static dev.trapline.testkit.FakeEngines.wfi;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.EntropyKey;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.MachineEvent;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.JournalRecord.Answer;
import dev.trapline.abi.history.JournalRecord.Arrival;
import dev.trapline.abi.history.JournalRecord.ConsoleInput;
import dev.trapline.abi.history.JournalRecord.Entropy;
import dev.trapline.abi.history.JournalRecord.Injected;
import dev.trapline.abi.history.JournalRecord.Input;
import dev.trapline.abi.history.JournalRecord.Reconfigured;
import dev.trapline.abi.history.JournalRecord.Stop;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.policy.Toggle;
import dev.trapline.board.device.Pl011;
import dev.trapline.machine.choice.Choices;
import dev.trapline.testkit.FakeEngines.Step;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A replay takes its inputs from the recording, each where it took effect, and refuses what cannot happen there.
class ReplayTest {

    private static final VcpuId CPU0 = new VcpuId(0);
    private static final VcpuId CPU1 = new VcpuId(1);
    private static final VcpuId CPU2 = new VcpuId(2);
    private static final Bytes FOUR = Bytes.copyOf(new byte[] {7, 6, 5, 4});
    private static final Policy WITHOUT_HVC = Policy.DEFAULT.with(Toggle.HVC, false);
    private static final long UART_DR = 0;

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

    /// What is sent before each slice, and four bytes of entropy for each request.
    private static final class Sent implements Choices {
        private final SortedMap<Long, Queue<Arrival>> arrivals = new TreeMap<>();

        Sent before(long slice, Arrival arrival) {
            arrivals.computeIfAbsent(slice, _ -> new ArrayDeque<>()).add(arrival);
            return this;
        }

        @Override
        public @Nullable Arrival arrival(Place here) {
            Queue<Arrival> due = arrivals.get(here.slices());
            return due == null ? null : due.poll();
        }

        @Override
        public Bytes entropy(EntropyKey asked, int bytes) {
            return FOUR;
        }
    }

    private static Arrival injected(Injection what) {
        return new Injected(what);
    }

    private static ConsoleInput typed(String text) {
        return new ConsoleInput(Bytes.copyOf(text.getBytes(StandardCharsets.US_ASCII)));
    }

    /// A guest that can notice each kind of input.
    private static ToyMachine observant(ToyMachine toys) {
        long draw = toys.toy.does(new Effect.DrawEntropy(8));
        Step echo =
                registers -> toys.prints(String.valueOf((char) toys.console().read(UART_DR, 1)), budget())
                        .apply(registers);
        toys.engines.script(hvc(draw), wfi(), wfi(), echo, hvc(Toy.COUNT), budget(), budget());
        return toys;
    }

    private static final List<MachineEvent> NOTICED = List.of(
            new MachineEvent.Started(),
            new MachineEvent.Entropy(FOUR),
            new MachineEvent.Interrupted(CPU0, 33),
            new MachineEvent.EventInjected(42, CPU0));

    @Test
    void everyKindOfInputHappensAgainWhereItHappened() {
        Sent sent = new Sent()
                .before(2, injected(new Injection.WakeUp(CPU0)))
                .before(3, injected(new Injection.Interrupt(CPU0, 33)))
                .before(3, typed("x"))
                .before(4, new Reconfigured(WITHOUT_HVC))
                .before(5, injected(new Injection.Event(CPU0, 42)))
                .before(6, new Stop(Stop.Reason.TIMEOUT));
        ToyMachine live = observant(open());
        StepMachine recorded = live.begin(ToyMachine.spec(1), sent, live.history);
        ToyMachine.runToEnd(recorded);
        assertThat(live.records(Input.class))
                .as("the inputs of the run")
                .containsExactly(
                        new Entropy("toy", FOUR),
                        injected(new Injection.WakeUp(CPU0)),
                        injected(new Injection.Interrupt(CPU0, 33)),
                        typed("x"),
                        new Reconfigured(WITHOUT_HVC),
                        injected(new Injection.Event(CPU0, 42)),
                        new Stop(Stop.Reason.TIMEOUT));
        assertThat(recorded.outcome())
                .as("both waits were ended by an injection, so the run came to the stop")
                .isEqualTo(new RunOutcome.LimitReached(RunOutcome.Limit.TIMEOUT));
        assertThat(live.toy.events).isEqualTo(NOTICED);
        assertThat(live.printed).hasToString("x");
        assertThat(live.records(Answer.class).getLast().decision())
                .as("the new policy")
                .isEqualTo(new Decision.Denied(Decision.Reason.BY_TOGGLE));

        ToyMachine again = observant(open());
        StepMachine replayed = again.replay(ToyMachine.spec(1), live.history.records);
        ToyMachine.runToEnd(replayed);
        assertThat(replayed.report())
                .as("the same outcome, digests and counts")
                .usingRecursiveComparison()
                .ignoringFields("unused")
                .isEqualTo(recorded.report());
        assertThat(again.toy.events).as("the services got the same").isEqualTo(NOTICED);
        assertThat(again.printed).as("the guest read the same").hasToString("x");
    }

    /// The guest of the forged recordings. In it, slice 0 is a call within a turn, slice 1 uses up the round, and
    /// slices 2 and 3 are in the next one.
    private static ToyMachine plain(ToyMachine toys) {
        toys.engines.script(hvc(Toy.COUNT), budget(), after(99, hvc(Toy.COUNT)), budget());
        return toys;
    }

    private List<JournalRecord> record(MachineSpec spec) {
        ToyMachine live = plain(open());
        StepMachine machine = live.begin(spec, Choices.defaults(), live.history);
        ToyMachine.run(machine, 4);
        return live.history.records;
    }

    /// With an input before a slice that the recorded run did not have.
    private static List<JournalRecord> forged(List<JournalRecord> records, int slice, Input input) {
        List<JournalRecord> changed = new ArrayList<>(records);
        JournalRecord before = records.stream()
                .filter(JournalRecord.Slice.class::isInstance)
                .toList()
                .get(slice);
        changed.add(changed.indexOf(before), input);
        return changed;
    }

    private StepMachine replayed(MachineSpec spec, List<JournalRecord> records) {
        StepMachine machine = plain(open()).replay(spec, records);
        ToyMachine.runToEnd(machine);
        return machine;
    }

    private static final String BEGIN = "a round begin at ";

    static List<Arguments> impossible() {
        Policy unfit = Policy.DEFAULT.with("no-such-toggle", true);
        return List.of(
                Arguments.of(
                        injected(new Injection.WakeUp(CPU2)),
                        "an interrupt or event for vcpu2, and this machine has 2 vCPUs"),
                Arguments.of(
                        injected(new Injection.Event(CPU2, 1)),
                        "an interrupt or event for vcpu2, and this machine has 2 vCPUs"),
                Arguments.of(
                        injected(new Injection.PowerButton()), "a press of the power button, and this machine has"),
                Arguments.of(
                        new Entropy("other", FOUR), "entropy for the service 'other', which this machine does not"),
                Arguments.of(new Reconfigured(unfit), "a new policy that does not fit this machine: "),
                Arguments.of(
                        typed("x".repeat(Pl011.FIFO_SIZE + 1)),
                        "an input of 17 bytes at the console, and its receiver has room for 16"),
                // The round of slice 2 is from 1 000 to 2 000 ticks, and follows from the earlier history.
                Arguments.of(new JournalRecord.Round(1_000, 1_000), BEGIN + "1000"),
                Arguments.of(new JournalRecord.Round(1_000, 999), BEGIN + "1000"),
                Arguments.of(new JournalRecord.Round(1_000, 2_001), BEGIN + "1000"),
                Arguments.of(new JournalRecord.Round(999, 1_500), BEGIN + "999"),
                Arguments.of(new JournalRecord.Round(1_001, 1_500), BEGIN + "1001"),
                Arguments.of(new JournalRecord.Round(2_000, 3_000), BEGIN + "2000"));
    }

    @ParameterizedTest
    @MethodSource("impossible")
    void anInputThatThisMachineCannotHaveIsADivergenceAtItsPosition(Input input, String what) {
        MachineSpec spec = ToyMachine.spec(2);
        assertDiverges(replayed(spec, forged(record(spec), 2, input)), "slice 2", what);
    }

    private static void assertDiverges(StepMachine machine, String position, String what) {
        assertThat(machine.outcome())
                .isInstanceOfSatisfying(
                        RunOutcome.Diverged.class,
                        diverged -> assertThat(diverged.report())
                                .contains("the replay diverges at " + position + ": the recording has " + what));
    }

    @Test
    void aRoundWithinATurnIsADivergence() {
        MachineSpec spec = ToyMachine.spec(2);
        assertDiverges(
                replayed(spec, forged(record(spec), 1, new JournalRecord.Round(257, 500))), "slice 1", BEGIN + "257");
        assertDiverges(
                replayed(spec, forged(record(spec), 1, new JournalRecord.Round(1_000, 2_000))),
                "slice 1",
                BEGIN + "1000");
    }

    static List<Input> possible() {
        return List.of(
                injected(new Injection.WakeUp(CPU1)),
                injected(new Injection.Interrupt(CPU1, Injection.MAX_INTID)),
                injected(new Injection.Event(CPU1, 1)),
                new Entropy("toy", FOUR),
                new Reconfigured(Policy.DEFAULT),
                typed("x".repeat(Pl011.FIFO_SIZE)));
    }

    @ParameterizedTest
    @MethodSource("possible")
    void anInputThatThisMachineCanHaveIsTakenThoughNobodyAskedForIt(Input input) {
        MachineSpec spec = ToyMachine.spec(2);
        assertThat(replayed(spec, forged(record(spec), 2, input)).outcome())
                .as("the guest does not notice it, and the recording ends")
                .isEqualTo(new RunOutcome.RecordingEnds());
    }

    @Test
    void theInterruptControllerLimitsTheNumbersAndThePowerButtonIsOnItsBoard() {
        MachineSpec virt = ToyMachine.spec(2);
        virt = virt.with(virt.board().withKind(BoardKind.VIRT));
        List<JournalRecord> records = record(virt);
        Input last = injected(new Injection.Interrupt(CPU1, 287));
        Input beyond = injected(new Injection.Interrupt(CPU1, 288));
        Input button = injected(new Injection.PowerButton());
        assertThat(replayed(virt, forged(records, 2, last)).outcome())
                .as("the last one")
                .isEqualTo(new RunOutcome.RecordingEnds());
        assertDiverges(
                replayed(virt, forged(records, 2, beyond)),
                "slice 2",
                "an interrupt with INTID 288, and this machine's interrupt controller has 0 to 287");
        assertThat(replayed(virt, forged(records, 2, button)).outcome()).isEqualTo(new RunOutcome.RecordingEnds());
    }
}
