package dev.trapline.machine;

import static dev.trapline.testkit.FakeEngines.budget;
import static dev.trapline.testkit.FakeEngines.hvc;
import static dev.trapline.testkit.FakeEngines.wfi;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.RunSpec;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.memory.MemoryCopy;
import dev.trapline.board.memory.PageStore;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.firmware.KeptState;
import dev.trapline.testkit.FakeEngines;
import dev.trapline.testkit.FakeEngines.Step;
import dev.trapline.testkit.ReplayedHistory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A machine that is saved and loaded continues as if nothing had happened, whatever it did in between.
class SavedMachineTest {

    private static final VcpuId CPU0 = new VcpuId(0);
    private static final VcpuId CPU1 = new VcpuId(1);
    private static final long STOLEN0 = BoardSpec.RAM_BASE + 0x1000;
    private static final long STOLEN1 = BoardSpec.RAM_BASE + 0x1008;
    private static final long UART_DR = 0;
    private static final String TYPED = "hello";

    private final List<ToyMachine> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(ToyMachine::close);
    }

    private static MachineSpec spec(long seed) {
        MachineSpec plain = ToyMachine.spec(3);
        return plain.with(plain.schedule().withKind(Schedule.RANDOM).withSeed(seed))
                .with(plain.board().withInputInterval(500))
                .with(RunSpec.DEFAULT.withRamDigestInterval(1_700));
    }

    /// A machine in which everything happens that a saved state holds.
    private ToyMachine busy() {
        ToyMachine busy = new ToyMachine();
        opened.add(busy);
        Toy toy = busy.toy;
        toy.answer = (calls, call) -> RegisterWrites.fromX0(calls, call.time());
        long share = toy.does(new Effect.ShareStolenTime(CPU0, STOLEN0), new Effect.ShareStolenTime(CPU1, STOLEN1));
        long deliver = toy.does(new Effect.DeliverEvent(CPU0, FakeEngines.entry(3), 42, 7));
        long complete = toy.does(new Effect.CompleteEvent(CPU0));
        long down = toy.does(new Effect.PowerDown(CPU0, FakeEngines.entry(4), 9));
        long draw = toy.does(new Effect.DrawEntropy(8));
        long stay = toy.does(new Effect.DeliverEvent(CPU1, FakeEngines.entry(5), 43, 8));
        Step echo = registers -> {
            long typed = busy.console().read(UART_DR, 1);
            return typed == 0
                    ? budget().apply(registers)
                    : busy.prints(String.valueOf((char) typed), budget()).apply(registers);
        };
        Step flash = ToyMachine.doing(() -> busy.parts().memory().flashWrites().ignored(0x40, 0x80), budget());
        Step policy = ToyMachine.doing(() -> busy.requests.reconfigure(Policy.DEFAULT.withResident("toy")), budget());
        List<Step> last = new ArrayList<>(Collections.nCopies(40, budget()));
        last.addAll(List.of(hvc(Toy.COUNT), busy.prints("z", budget()), flash, hvc(Toy.OFF)));
        FakeEngines engines = busy.engines;
        engines.script(
                hvc(Toy.POWER_ON, 1),
                hvc(Toy.POWER_ON, 2, 2_500),
                hvc(share),
                busy.prints("a", budget()),
                hvc(Toy.COUNT),
                hvc(deliver),
                flash,
                policy,
                engines.timerIn(3_000, wfi()),
                budget(),
                engines.timerIn(2_000, hvc(down)));
        engines.script(echo, echo, ToyMachine.maintenance(), engines.timerIn(2_500, hvc(Toy.STANDBY)), echo, hvc(stay));
        engines.script(hvc(draw), budget(), hvc(Toy.WRITE, BoardSpec.RAM_BASE + 0x2000), hvc(Toy.WAKE, 1), budget());
        engines.script(busy.prints("h", hvc(Toy.COUNT)), budget(), hvc(complete));
        engines.script(last.toArray(Step[]::new));
        engines.script(echo, hvc(Toy.COUNT), echo, echo, echo, echo);
        return busy;
    }

    private record Saved(Bytes state, List<KeptState> services, MemoryCopy memory, Policy policy, int passed) {}

    private static Bytes state(StepMachine machine) {
        StateWriter state = new StateWriter();
        machine.save(state);
        return state.toBytes();
    }

    private static Saved save(StepMachine machine, ToyMachine of, ReplayedHistory history) {
        return new Saved(
                state(machine),
                of.parts().services().keep(),
                of.parts().memory().copy(new PageStore()),
                machine.policy(),
                history.passed());
    }

    private static void load(Saved saved, StepMachine machine, ToyMachine of, ReplayedHistory history) {
        history.goTo(saved.passed());
        of.parts().memory().restore(saved.memory());
        saved.services().forEach(KeptState::restore);
        StateReader reader = new StateReader(saved.state());
        machine.load(reader, saved.policy());
        reader.end();
    }

    private record Recorded(RunReport report, List<JournalRecord> records) {}

    /// The undisturbed run.
    private Recorded record(long seed) {
        ToyMachine recorded = busy();
        PlannedInjection planned = new PlannedInjection(new Injection.Interrupt(CPU1, 33), new Moment.AtTime(4_100));
        StepMachine machine =
                recorded.begin(spec(seed), recorded.choices(spec(seed), TYPED, planned), recorded.history);
        ToyMachine.runToEnd(machine);
        RunReport report = machine.report();
        assertThat(report.outcome()).as("the run has its end").isEqualTo(new RunOutcome.PoweredOff());
        assertThat(report.openHandlers()).as("a handler runs at the end").hasSize(1);
        assertThat(report.flashWrites().count()).as("writes to flash").isEqualTo(2);
        assertThat(recorded.printed).as("all parts of the script were played").contains("a", "h", "z");
        assertThat(recorded.records(JournalRecord.Reconfigured.class))
                .as("another policy")
                .hasSize(1);
        assertThat(recorded.records(JournalRecord.FullDigest.class))
                .as("digests of all registers")
                .isNotEmpty();
        assertThat(recorded.records(JournalRecord.Entropy.class)).as("entropy").hasSize(1);
        assertThat(recorded.parts().memory().read(STOLEN0, 16))
                .as("stolen time")
                .isNotEqualTo(Bytes.copyOf(new byte[16]));
        return new Recorded(report, List.copyOf(recorded.history.records));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void loadedAtAnySliceItRunsAsTheUndisturbedOne(long seed) {
        Recorded undisturbed = record(seed);
        ReplayedHistory history = new ReplayedHistory(undisturbed.records());
        ToyMachine replayed = busy();
        StepMachine machine = replayed.begin(spec(seed), Choices.defaults(), history);
        List<Saved> saved = new ArrayList<>();
        while (machine.next() != null) {
            saved.add(save(machine, replayed, history));
            machine.runSlice();
        }
        assertThat(saved).as("one before each slice").hasSize((int)
                undisturbed.report().position().slice());
        for (int slice = saved.size() - 1; slice >= 0; slice--) {
            load(saved.get(slice), machine, replayed, history);
            assertThat(machine.slices()).as("the position").isEqualTo(slice);
            assertThat(state(machine))
                    .as("the same bytes, at slice %d", slice)
                    .isEqualTo(saved.get(slice).state());
            ToyMachine.runToEnd(machine);
            assertThat(machine.report())
                    .as("from slice %d on", slice)
                    .usingRecursiveComparison()
                    .ignoringFields("lastHypercalls", "unused")
                    .isEqualTo(undisturbed.report());
        }
    }

    @Test
    void aMachineWhoseRunIsOverCannotBeSaved() {
        ToyMachine over = new ToyMachine();
        opened.add(over);
        over.engines.script(budget(), hvc(Toy.OFF));
        MachineCore core = over.assemble(ToyMachine.spec(1), Choices.defaults(), over.history)
                .core(new Told());
        core.begin();
        core.save(new StateWriter());
        core.finish(new RunOutcome.Interrupted());
        assertThatThrownBy(() -> core.save(new StateWriter()))
                .isInstanceOf(InvariantViolation.class)
                .hasMessageContaining("over");
    }
}
