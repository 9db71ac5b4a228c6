package dev.trapline.machine;

import static dev.trapline.testkit.FakeEngines.after;
import static dev.trapline.testkit.FakeEngines.budget;
import static dev.trapline.testkit.FakeEngines.hvc;
import static dev.trapline.testkit.FakeEngines.wfi;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.JournalRecord.Arrival;
import dev.trapline.abi.history.JournalRecord.ConsoleInput;
import dev.trapline.abi.history.JournalRecord.Renewed;
import dev.trapline.abi.history.JournalRecord.Round;
import dev.trapline.abi.history.JournalRecord.Slice;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.VcpuState;
import dev.trapline.machine.choice.Choices;
import dev.trapline.testkit.ReplayedHistory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What happens between two slices: rounds, the times of inputs, and waits, live and in a replay ("Time" in
/// "Determinism").
class BoundaryTest {

    private static final VcpuId CPU0 = new VcpuId(0);
    private static final VcpuId CPU1 = new VcpuId(1);
    private static final long WORD = BoardSpec.RAM_BASE + 0x1000;

    private final List<ToyMachine> opened = new ArrayList<>();
    private final ToyMachine toys = open();

    private ToyMachine open() {
        ToyMachine opening = new ToyMachine();
        opened.add(opening);
        return opening;
    }

    @AfterEach
    void close() {
        opened.forEach(ToyMachine::close);
    }

    private List<Slice> slices(VcpuId vcpu) {
        return toys.slices().stream().filter(slice -> slice.vcpu().equals(vcpu)).toList();
    }

    @Test
    void aDeadlineThatIsSetWithinARoundEndsItForThoseWhoseTurnComesLater() {
        Bell bell = new Bell();
        toys.fit(board -> board.device(0x0a00_0000, bell));
        toys.engines
                .script(hvc(Toy.POWER_ON, 1), ToyMachine.doing(() -> bell.ringAt(600), budget()))
                .script();
        StepMachine machine = toys.begin(2);
        ToyMachine.run(machine, 4);
        assertThat(slices(CPU1).getFirst())
                .as("from its start at tick 1 to the deadline")
                .satisfies(slice -> assertThat(slice.began()).isEqualTo(1))
                .satisfies(slice -> assertThat(slice.budget()).isEqualTo(599));
        assertThat(bell.rang).as("met exactly").containsExactly(600L);
    }

    @Test
    void whatComesFromAnotherThreadHasTheTimeOfTheRoundsBeginning() {
        toys.engines
                .script(
                        hvc(Toy.POWER_ON, 1),
                        budget(),
                        budget(),
                        ToyMachine.doing(
                                () -> toys.requests.inject(new Injection.WakeUp(CPU1)), after(99, hvc(Toy.COUNT))),
                        budget())
                .script(wfi());
        StepMachine machine = toys.begin(2);
        ToyMachine.run(machine, 7);
        assertThat(slices(CPU1))
                .as("it waited from tick 18 on; the injection came at a call in the round of tick 2 000")
                .extracting(Slice::began)
                .containsExactly(1L, 2_000L);
    }

    @Test
    void whatIsPlannedForTheEndOfARoundCutsNoRoundShort() {
        toys.engines.script();
        PlannedInjection planned =
                new PlannedInjection(new Injection.WakeUp(CPU0), new Moment.AtTime(2 * ToyMachine.SLICE));
        ToyMachine.run(toys.begin(ToyMachine.spec(1), planned), 4);
        assertThat(toys.records(JournalRecord.Injected.class)).hasSize(1);
        assertThat(toys.records(Round.class))
                .as("the round that begins there follows from the earlier history")
                .isEmpty();
    }

    @Test
    void anExitThatTakesAVcpuBeyondTheRoundMovesTheBeginningOfTheNext() {
        toys.engines.script(after(999, hvc(Toy.COUNT)), budget());
        ToyMachine.run(toys.begin(1), 2);
        assertThat(toys.slices().getLast().began())
                .as("a thousand instructions and the cost of a call")
                .isEqualTo(1_000 + ToyMachine.CALL);
        assertThat(toys.slices().getLast().budget()).as("a whole round").isEqualTo(ToyMachine.SLICE);
        assertThat(toys.records(Round.class)).as("it follows from the history").isEmpty();
    }

    @Test
    void theTimeInWhichAVcpuWaitsIsNotStolen() {
        toys.engines.script(
                hvc(toys.toy.does(new Effect.ShareStolenTime(CPU0, WORD))), toys.engines.timer(5_000, wfi()), budget());
        ToyMachine.run(toys.begin(1), 3);
        assertThat(toys.slices().getLast().began()).as("it waited").isEqualTo(5_000);
        assertThat(toys.parts().memory().read(WORD, Long.BYTES))
                .as("it ran as soon as it could")
                .isEqualTo(Bytes.copyOf(new byte[Long.BYTES]));
    }

    /// A device's line follows what it received.
    @Test
    void anInputThatRaisesALineEndsTheWaitOfItsVcpu() {
        toys.fit(board -> board.wake(CPU0, board.console().lines().getFirst()));
        long interruptMask = 0x38;
        long received = 1 << 4;
        toys.engines.script(ToyMachine.doing(() -> toys.console().write(interruptMask, 4, received), wfi()), budget());
        Choices typing = new Choices() {
            private boolean done;

            @Override
            public @Nullable Arrival arrival(Place here) {
                boolean types = !done && here.slices() == 1;
                done |= types;
                return types ? new ConsoleInput(Bytes.copyOf(new byte[] {'x'})) : null;
            }
        };
        StepMachine machine = toys.begin(ToyMachine.spec(1), typing, toys.history);
        ToyMachine.run(machine, 1);
        assertThat(machine.outcome()).as("no deadlock: UARTRXINTR is asserted").isNull();
        assertThat(machine.states()).containsExactly(VcpuState.ON);
    }

    /// A stop for a planned time.
    private static final class StopAt implements Choices {
        private static final long MOMENT = 5_000;

        @Override
        public long arrivalBetween(long after, long until, boolean idle) {
            return after < MOMENT ? MOMENT : NEVER;
        }

        @Override
        public @Nullable Arrival arrival(Place here) {
            return here.round() < MOMENT ? null : new JournalRecord.Stop(JournalRecord.Stop.Reason.TIMEOUT);
        }
    }

    @Test
    void aStopThatIsPlannedWhileNobodyCanRunEndsTheRunAtItsTimeLiveAndInAReplay() {
        toys.engines.script(wfi());
        StepMachine machine = toys.begin(ToyMachine.spec(1), new StopAt(), toys.history);
        ToyMachine.runToEnd(machine);
        RunOutcome stopped = new RunOutcome.LimitReached(RunOutcome.Limit.TIMEOUT);
        assertThat(machine.outcome()).isEqualTo(stopped);
        assertThat(toys.records(Round.class))
                .as("a round begins at the time of the stop")
                .containsExactly(new Round(5_000, 6_000));
        assertThat(machine.report().progress().virtualTime()).isEqualTo(5_000);
        ToyMachine again = open();
        again.engines.script(wfi());
        StepMachine replayed = again.replay(ToyMachine.spec(1), toys.history.records);
        ToyMachine.runToEnd(replayed);
        assertThat(replayed.outcome()).as("in a replay").isEqualTo(stopped);
    }

    @Test
    void aDeadlockIsADeadlockInAReplay() {
        toys.engines.script(wfi());
        ToyMachine.runToEnd(toys.begin(1));
        ToyMachine again = open();
        again.engines.script(wfi());
        StepMachine replayed = again.replay(ToyMachine.spec(1), toys.history.records);
        ToyMachine.runToEnd(replayed);
        assertThat(replayed.outcome()).isEqualTo(new RunOutcome.Deadlock(List.of(VcpuState.SUSPENDED)));
    }

    /// Passes the only vCPU over, once.
    private static Choices passing() {
        return new Choices() {
            private boolean done;

            @Override
            public Turn turn(ChoicePoint asked, long ready, Turn byDefault) {
                boolean passes = !done && asked.round() == ToyMachine.SLICE;
                done |= passes;
                return passes ? new Turn(CPU0, 0) : byDefault;
            }
        };
    }

    private @Nullable RunOutcome replayWith(Round forged, FakeScript script) {
        ToyMachine again = open();
        script.on(again);
        List<JournalRecord> changed = toys.history.records.stream()
                .<JournalRecord>map(record -> record instanceof Round ? forged : record)
                .toList();
        StepMachine replayed = again.replay(ToyMachine.spec(1), changed);
        ToyMachine.runToEnd(replayed);
        return replayed.outcome();
    }

    private interface FakeScript {
        void on(ToyMachine machine);
    }

    private static void assertRefused(@Nullable RunOutcome outcome, String beginning) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        RunOutcome.Diverged.class,
                        diverged -> assertThat(diverged.report())
                                .contains("the recording has a round begin at " + beginning
                                        + " ticks; here one began at 1000 and ends at 2000"));
    }

    @Test
    void aRoundWithoutAVcpuThatRanIsRecordedAndCanBeginOnlyWhereThatOneEnds() {
        FakeScript script = machine -> machine.engines.script();
        script.on(toys);
        StepMachine machine = toys.begin(ToyMachine.spec(1), passing(), toys.history);
        ToyMachine.run(machine, 3);
        Round recorded = new Round(2_000, 3_000);
        assertThat(toys.records(Round.class)).containsExactly(recorded);
        assertThat(replayWith(recorded, script)).isEqualTo(new RunOutcome.RecordingEnds());
        assertRefused(replayWith(new Round(1_999, 3_000), script), "1999");
        assertRefused(replayWith(new Round(2_001, 3_000), script), "2001");
    }

    /// While nothing can run, a round may begin earlier than the first vCPU can: an input may be planned for it.
    @ParameterizedTest
    @CsvSource({
        "5000, 6000, true",
        "4999, 6000, true",
        "1000, 6000, true",
        "5001, 6001, false",
        "999, 6000, false",
        "0, 6000, false"
    })
    void aRoundAfterAWaitCanBeginUntilSomethingIsDue(long begins, long ends, boolean possible) {
        FakeScript script = machine -> machine.engines.script(budget(), machine.engines.timer(5_000, wfi()), budget());
        script.on(toys);
        ToyMachine.run(toys.begin(1), 3);
        assertThat(toys.records(Round.class)).containsExactly(new Round(5_000, 6_000));
        RunOutcome outcome = replayWith(new Round(begins, ends), script);
        if (possible) {
            assertThat(outcome).as("the slice is the same").isEqualTo(new RunOutcome.RecordingEnds());
        } else {
            assertRefused(outcome, Long.toString(begins));
        }
    }

    private static VcpuCommand.Grant granted(Told told) {
        return (VcpuCommand.Grant) told.to(CPU0).getLast();
    }

    private Told toldBy(History history) {
        Told told = new Told();
        open().assemble(ToyMachine.spec(1), Choices.defaults(), history)
                .core(told)
                .begin();
        return told;
    }

    @Test
    void anEngineDecidesOnItsReplacementOnlyWhereNoRecordingDoes() {
        Slice some = new Slice(CPU0, 0, ToyMachine.SLICE, ToyMachine.SLICE, Exit.BudgetUsed.INSTANCE, 1);
        assertThat(granted(toldBy(toys.history)).renewals()).as("live").isEqualTo(new Renewals(List.of(), true));
        assertThat(granted(toldBy(new ReplayedHistory(List.of(some)))).renewals())
                .as("a replay without a record of it")
                .isEqualTo(Renewals.NONE);
        List<JournalRecord> renewed = List.of(new Renewed(0), new Renewed(5), some);
        assertThat(granted(toldBy(new ReplayedHistory(renewed))).renewals())
                .as("a replay")
                .isEqualTo(new Renewals(List.of(0L, 5L), false));
        assertThat(granted(toldBy(new ContinuedHistory(renewed.subList(0, 2)))).renewals())
                .as("as recorded, and then live")
                .isEqualTo(new Renewals(List.of(0L, 5L), true));
    }

    @Test
    void aRecordedReplacementIsForOneSlice() {
        Told told = new Told();
        Slice some = new Slice(CPU0, 0, ToyMachine.SLICE, ToyMachine.SLICE, Exit.BudgetUsed.INSTANCE, 1);
        Slice next = new Slice(CPU0, 1_000, ToyMachine.SLICE, ToyMachine.SLICE, Exit.BudgetUsed.INSTANCE, 1);
        MachineCore core = toys.assemble(
                        ToyMachine.spec(1),
                        Choices.defaults(),
                        new ReplayedHistory(List.of(new Renewed(5), some, next)))
                .core(told);
        core.begin();
        core.sliceEnded(new SliceEnd.BudgetUsed(some, SliceEnd.Reading.NONE, 0));
        assertThat(granted(told).renewals()).isEqualTo(Renewals.NONE);
    }

    @Test
    void theLastEventsOfARunHaveWhatHappenedBetweenItsSlices() {
        toys.engines.script(
                toys.engines.timer(5_000, wfi()),
                budget(),
                ToyMachine.doing(
                        () -> {
                            throw new IllegalStateException("the end");
                        },
                        budget()));
        Choices choices = new Choices() {
            @Override
            public Turn turn(ChoicePoint asked, long ready, Turn byDefault) {
                return asked.round() == 0 ? byDefault : new Turn(CPU0, 40);
            }

            @Override
            public @Nullable Arrival arrival(Place here) {
                return here.slices() == 2 && here.receiverIsEmpty()
                        ? new ConsoleInput(Bytes.copyOf(new byte[] {'x'}))
                        : null;
            }
        };
        StepMachine machine = toys.begin(ToyMachine.spec(1), choices, toys.history);
        ToyMachine.runToEnd(machine);
        assertThat(machine.outcome())
                .isInstanceOfSatisfying(
                        RunOutcome.Broken.class,
                        broken -> assertThat(broken.lastEvents())
                                .containsExactly(
                                        "vcpu0 ran 1 of 1000 instructions: WFI",
                                        "a round from 5000 to 6000 ticks",
                                        "vcpu0 gets a turn of 40 ticks",
                                        "vcpu0 ran 40 of 40 instructions: budget used",
                                        "console input: 78",
                                        "vcpu0 gets a turn of 40 ticks"));
    }

    @Test
    void theLastEventsNameAReplacedEngineBeforeItsSlice() {
        Told told = new Told();
        MachineCore core = toys.begun(1, told);
        Slice some = new Slice(CPU0, 0, ToyMachine.SLICE, ToyMachine.SLICE, Exit.BudgetUsed.INSTANCE, 1);
        SliceEnd.Reading reading = new SliceEnd.Reading(0, PowerTable.NEVER, List.of(5L));
        core.sliceEnded(new SliceEnd.BudgetUsed(some, reading, 0));
        core.fail(new IllegalStateException("the end"));
        assertThat(core.outcome())
                .isInstanceOfSatisfying(
                        RunOutcome.Broken.class,
                        broken -> assertThat(broken.lastEvents())
                                .containsExactly(
                                        "a fresh engine after 5 instructions",
                                        "vcpu0 ran 1000 of 1000 instructions: budget used"));
    }
}
