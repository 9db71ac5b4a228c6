package dev.trapline.machine;

import static dev.trapline.testkit.FakeEngines.budget;
import static dev.trapline.testkit.FakeEngines.hvc;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.engine.Engine;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.history.JournalRecord.Answer;
import dev.trapline.abi.history.JournalRecord.Renewed;
import dev.trapline.abi.history.JournalRecord.Slice;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.policy.Decision;
import dev.trapline.machine.choice.Choices;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What the loop records, keeps and grants at the end of a slice.
class MachineCoreTest {

    private static final VcpuId CPU0 = new VcpuId(0);
    private static final VcpuId CPU1 = new VcpuId(1);
    private static final long WORD = BoardSpec.RAM_BASE + 0x1000;

    private final ToyMachine toys = new ToyMachine();
    private final Told told = new Told();

    @AfterEach
    void close() {
        toys.close();
    }

    @Test
    void anAnswerThatComesByAMessageHasItsEffectsBeforeTheNextGrant() {
        MachineCore core = toys.begun(1, told);
        HypercallExit exit = new HypercallExit(
                Conduit.HVC,
                0,
                ExecutionState.A64,
                1,
                4,
                true,
                GeneralRegisters.copyOf(new long[GeneralRegisters.COUNT]));
        Decision.Forwarded decision = new Decision.Forwarded("toy");
        Slice slice = new Slice(CPU0, 0, ToyMachine.SLICE, 1, exit, 1);
        ServiceCall call = new ServiceCall(CPU0, exit, 1, toys.parts().registry());
        Effect deliver = new Effect.DeliverEvent(CPU0, 0x80, 42, 7);
        core.answered(
                new SliceEnd.Forwarded(slice, SliceEnd.Reading.NONE, call, decision),
                new Reply<>(1, RegisterWrites.x0(5), List.of(deliver)));
        assertThat(toys.history.records)
                .containsExactly(slice, new Answer(decision, RegisterWrites.x0(5), List.of(deliver)));
        assertThat(told.to(CPU0))
                .as("the handler interrupts what has the result; the grant is behind it")
                .satisfiesExactly(
                        first ->
                                assertThat(first).isEqualTo(new VcpuCommand.Deliver(RegisterWrites.x0(5), 0x80, 42, 7)),
                        second -> assertThat(second).isInstanceOfSatisfying(VcpuCommand.Grant.class, grant -> {
                            assertThat(grant.begins()).isEqualTo(1 + ToyMachine.CALL);
                            assertThat(grant.writes()).isEqualTo(RegisterWrites.NONE);
                        }));
    }

    @Test
    void aReplacedEngineIsRecordedBeforeItsSlice() {
        MachineCore core = toys.begun(1, told);
        Slice slice = new Slice(CPU0, 0, ToyMachine.SLICE, ToyMachine.SLICE, Exit.BudgetUsed.INSTANCE, 1);
        core.sliceEnded(
                new SliceEnd.BudgetUsed(slice, new SliceEnd.Reading(0, Engine.NO_DEADLINE, List.of(5L, 700L)), 0));
        assertThat(toys.history.records).containsExactly(new Renewed(5), new Renewed(700), slice);
    }

    @Test
    void theReportTellsWhetherTheGuestMayHaveGotEntropy() {
        long draw = toys.toy.does(new Effect.DrawEntropy(8));
        toys.engines.script(hvc(draw), hvc(Toy.OFF));
        StepMachine machine = toys.begin(1);
        ToyMachine.runToEnd(machine);
        assertThat(machine.report().unused().entropyUsed())
                .as("a service that has drawn entropy has answered a call since")
                .isTrue();
    }

    @Test
    void withoutAnAnswerAfterItNoGuestHasGotTheEntropy() {
        toys.engines.script(hvc(toys.toy.does(new Effect.DrawEntropy(8), new Effect.SystemOff())));
        StepMachine machine = toys.begin(1);
        ToyMachine.runToEnd(machine);
        assertThat(machine.report().unused().entropyUsed()).isFalse();
    }

    @Test
    void effectsThatNoRecordHoldsAreRefusedBeforeAnythingElse() {
        toys.engines.script(hvc(Toy.TOO_MUCH));
        StepMachine machine = toys.begin(1);
        ToyMachine.runToEnd(machine);
        assertThat(machine.outcome())
                .isInstanceOfSatisfying(
                        RunOutcome.ServiceFailed.class,
                        failed -> assertThat(failed.message()).contains("can be recorded"));
        assertThat(toys.records(Answer.class)).as("it is not accepted").isEmpty();
    }

    /// Skips cpu1 in the second round.
    private static final Choices SKIPPED = new Choices() {
        @Override
        public Turn turn(ChoicePoint asked, long ready, Turn byDefault) {
            boolean skips = byDefault.vcpu().equals(CPU1) && asked.round() == ToyMachine.SLICE;
            return skips ? new Turn(CPU1, 0) : byDefault;
        }
    };

    @Test
    void theTimeOfASkippedTurnIsStolenAndInMemoryBeforeTheNextSlice() {
        long share = toys.toy.does(new Effect.ShareStolenTime(CPU1, WORD));
        toys.engines.script(hvc(Toy.POWER_ON, 1), hvc(share), budget()).script(budget());
        StepMachine machine = toys.begin(ToyMachine.spec(2), SKIPPED, toys.history);
        ToyMachine.run(machine, 4);
        assertThat(stolen()).as("cpu1 had its turn in the first round").isZero();
        toys.engines.log.clear();
        ToyMachine.run(machine, 2);
        assertThat(machine.next()).as("cpu0 ran in two rounds").isEqualTo(CPU1);
        assertThat(machine.now()).as("it runs in the third round").isEqualTo(2 * ToyMachine.SLICE);
        assertThat(stolen())
                .as("a round, in nanoseconds (DEN0057 §3)")
                .isEqualTo(ToyMachine.SLICE * MachineSpec.NANOS_PER_TICK);
        assertThat(toys.engines.log)
                .as("the word changed: both vCPUs drop their translations of it")
                .contains("cpu0 drops 0x40001000+8", "cpu1 drops 0x40001000+8");
    }

    private long stolen() {
        return ByteBuffer.wrap(toys.parts().memory().read(WORD, Long.BYTES).toArray())
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
    }
}
