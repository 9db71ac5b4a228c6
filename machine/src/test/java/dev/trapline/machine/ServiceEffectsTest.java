package dev.trapline.machine;

import static dev.trapline.testkit.FakeEngines.budget;
import static dev.trapline.testkit.FakeEngines.hvc;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.DataOrder;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.MachineEvent;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.JournalRecord.Answer;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.VcpuState;
import dev.trapline.machine.RunReport.OpenHandler;
import dev.trapline.testkit.FakeEngines;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the machine does for a service: each effect, as [Effect] describes it.
class ServiceEffectsTest {

    private static final VcpuId CPU0 = new VcpuId(0);
    private static final VcpuId CPU1 = new VcpuId(1);
    private static final long DATA = BoardSpec.RAM_BASE + 0x8000;
    private static final Bytes THREE = Bytes.copyOf(new byte[] {1, 2, 3});

    private final ToyMachine toys = new ToyMachine();
    private final FakeEngines engines = toys.engines;
    private final Toy toy = toys.toy;

    @AfterEach
    void close() {
        toys.close();
    }

    private static long register(StepMachine machine, VcpuId vcpu, int register) {
        return Objects.requireNonNull(machine.registers(vcpu), "a vCPU with power")
                .get(register);
    }

    @Test
    void aGuestEndsItsRunWithAStatus() {
        engines.script(hvc(toy.does(new Effect.ExitRun(0x1_0000_0003L))));
        StepMachine machine = toys.begin(1);
        ToyMachine.runToEnd(machine);
        assertThat(machine.outcome()).isEqualTo(new RunOutcome.Exited(0x1_0000_0003L));
    }

    @Test
    void nothingIsDoneBehindTheEffectThatEndsTheRun() {
        engines.script(hvc(
                toy.does(new Effect.SystemOff(Effect.SystemOff.Off.HIBERNATE), new Effect.WriteMemory(DATA, THREE))));
        StepMachine machine = toys.begin(1);
        ToyMachine.runToEnd(machine);
        assertThat(machine.outcome()).isEqualTo(new RunOutcome.Hibernated());
        assertThat(toys.parts().memory().read(DATA, 3)).isEqualTo(Bytes.copyOf(new byte[3]));
    }

    @Test
    void aWriteIsInMemoryBeforeAnyVcpuContinues() {
        engines.script(hvc(toy.does(new Effect.WriteMemory(DATA, THREE))));
        StepMachine machine = toys.begin(1);
        ToyMachine.run(machine, 1);
        assertThat(toys.parts().memory().read(DATA, 3)).isEqualTo(THREE);
        assertThat(engines.log).as("three bytes are translated anew").contains("cpu0 drops 0x40008000+3");
    }

    @Test
    void aVcpuThatIsTurnedOffKeepsItsEngineAndServicesAreNotified() {
        engines.script(hvc(Toy.POWER_ON, 1), hvc(toy.does(new Effect.PowerOff(CPU1))), hvc(Toy.POWER_ON, 1))
                .script();
        StepMachine machine = toys.begin(2);
        ToyMachine.run(machine, 2);
        assertThat(machine.states()).containsExactly(VcpuState.ON, VcpuState.OFF);
        assertThat(toy.events).last().isEqualTo(new MachineEvent.PoweredOff(CPU1));
        assertThat(engines.log).as("for its translations").doesNotContain("cpu1 closes");
        ToyMachine.run(machine, 2);
        assertThat(engines.log)
                .as("fresh registers, and an invalid instruction cache: IC IALLU, CRn 7, CRm 5")
                .containsSequence("open 0x80000001", "cpu1 closes", "cpu1 maintains 936", "cpu1 gets x0=0x7");
    }

    @Test
    void aVcpuThatIsPoweredDownStartsAgainWithItsTimersAndItsContext() {
        long down = toy.does(new Effect.PowerDown(CPU0, FakeEngines.entry(1), 9));
        engines.script(engines.timer(5_000, hvc(down))).script(budget());
        StepMachine machine = toys.begin(1);
        ToyMachine.run(machine, 1);
        assertThat(toy.events)
                .as("power goes at the call, and comes at the timer's deadline")
                .containsExactly(
                        new MachineEvent.Started(),
                        new MachineEvent.PoweredDown(CPU0),
                        new MachineEvent.Woken(CPU0, 5_000, true));
        assertThat(machine.now()).isEqualTo(5_000);
        assertThat(engines.log).contains("cpu0 closes", "cpu0 has timers again");
        assertThat(register(machine, CPU0, 0)).as("its context").isEqualTo(9);
    }

    @Test
    void aVcpuWithAPendingInterruptStaysAwakeAndThatIsRecorded() {
        engines.script(hvc(toy.does(new Effect.Wake(CPU0), new Effect.Standby(CPU0))), budget());
        StepMachine machine = toys.begin(1);
        ToyMachine.run(machine, 1);
        assertThat(toys.records(Answer.class))
                .singleElement()
                .satisfies(answer -> assertThat(answer.effects())
                        .containsExactly(new Effect.Wake(CPU0), new Effect.StayAwake(CPU0)));
        assertThat(machine.states()).containsExactly(VcpuState.ON);
        assertThat(toy.events)
                .last()
                .as("at the end of the call")
                .isEqualTo(new MachineEvent.StayedAwake(CPU0, 1 + ToyMachine.CALL));
    }

    @Test
    void anInterruptThatAVcpuHasStayedAwakeForIsUsedUp() {
        long both = toy.does(new Effect.Wake(CPU0), new Effect.Standby(CPU0));
        engines.script(hvc(both), hvc(Toy.STANDBY));
        StepMachine machine = toys.begin(1);
        ToyMachine.runToEnd(machine);
        assertThat(machine.outcome())
                .as("the second standby waits, for nothing")
                .isEqualTo(new RunOutcome.Deadlock(List.of(VcpuState.SUSPENDED)));
    }

    static List<Effect> waits() {
        return List.of(new Effect.Standby(CPU0), new Effect.PowerDown(CPU0, FakeEngines.entry(1), 9));
    }

    /// The interrupt comes from the service's reaction to the effect before.
    @ParameterizedTest
    @MethodSource("waits")
    void aVcpuThatAnEffectOfTheSameAnswerInterruptsDoesNotWait(Effect wait) {
        toy.reaction = event -> event instanceof MachineEvent.PoweredOff ? List.of(new Effect.Wake(CPU0)) : List.of();
        engines.script(hvc(toy.does(new Effect.PowerOff(CPU1), wait)), budget());
        StepMachine machine = toys.begin(2);
        ToyMachine.run(machine, 1);
        assertThat(machine.states()).as("it keeps its power").containsExactly(VcpuState.ON, VcpuState.OFF);
        assertThat(toy.events)
                .last()
                .as("services are notified")
                .isEqualTo(new MachineEvent.StayedAwake(CPU0, 1 + ToyMachine.CALL));
        assertThat(toy.events).noneMatch(MachineEvent.PoweredDown.class::isInstance);
        assertThat(register(machine, CPU0, 0))
                .as("it continues with the result of its call")
                .isEqualTo(1);
    }

    @Test
    void aWaitOfAVcpuThatTheMachineLacksIsADefectOfTheService() {
        engines.script(hvc(toy.does(new Effect.Standby(CPU1))));
        StepMachine machine = toys.begin(1);
        ToyMachine.runToEnd(machine);
        assertThat(machine.outcome())
                .isInstanceOfSatisfying(
                        RunOutcome.ServiceFailed.class,
                        failed -> assertThat(failed.message())
                                .isEqualTo("service 'toy' suspends vcpu1, which does not exist: this machine has"
                                        + " 1 vCPU"));
    }

    @Test
    void theWordOfStolenTimeIsTranslatedAnew() {
        engines.script(hvc(toy.does(new Effect.ShareStolenTime(CPU0, DATA))));
        StepMachine machine = toys.begin(1);
        ToyMachine.run(machine, 1);
        assertThat(engines.log).as("eight bytes").contains("cpu0 drops 0x40008000+8");
    }

    @Test
    void anEventsHandlerGetsItsArgumentsAndWhatItInterruptedContinuesUnchanged() {
        long deliver = toy.does(new Effect.DeliverEvent(CPU0, FakeEngines.entry(1), 42, 7));
        long complete = toy.does(new Effect.CompleteEvent(CPU0));
        toy.answer = (calls, _) -> calls == 1 ? RegisterWrites.fromX0(0x11, 0x22) : RegisterWrites.NONE;
        engines.script(hvc(deliver), budget()).script(hvc(complete, 1, 2, 3, 4));
        StepMachine machine = toys.begin(1);
        ToyMachine.run(machine, 1);
        assertThat(List.of(
                        register(machine, CPU0, 0),
                        register(machine, CPU0, 1),
                        register(machine, CPU0, 2),
                        register(machine, CPU0, 3)))
                .as("event, argument, the interrupted PC and PSTATE (DEN0054 §5.2)")
                .containsExactly(42L, 7L, FakeEngines.ENTRY, 0L);
        assertThat(machine.openHandlers()).containsExactly(new OpenHandler(CPU0, 42));
        ToyMachine.run(machine, 1);
        assertThat(Objects.requireNonNull(toy.calls.getLast().interrupted(), "a call in a handler")
                        .x(0))
                .as("the service sees what was interrupted")
                .isEqualTo(0x11);
        assertThat(machine.openHandlers()).isEmpty();
        assertThat(register(machine, CPU0, 0))
                .as("the result of the first call")
                .isEqualTo(0x11);
        assertThat(register(machine, CPU0, 1)).isEqualTo(0x22);
    }

    @Test
    void aHandlerThatCompletesAndResumesLeavesByAnException() {
        long deliver = toy.does(new Effect.DeliverEvent(CPU0, FakeEngines.entry(1), 42, 7));
        long resume = toy.does(new Effect.CompleteEventAndResume(CPU0, FakeEngines.entry(2)));
        engines.script(hvc(deliver)).script(hvc(resume)).script(hvc(Toy.OFF));
        StepMachine machine = toys.begin(1);
        ToyMachine.run(machine, 2);
        assertThat(machine.openHandlers()).isEmpty();
        assertThat(engines.log.stream().filter(line -> line.contains(" takes ")))
                .hasSize(1);
        ToyMachine.runToEnd(machine);
        assertThat(machine.outcome()).as("it continued at the address").isEqualTo(new RunOutcome.PoweredOff());
    }

    @Test
    void aCompletionWithoutAHandlerIsADefectOfTheService() {
        engines.script(hvc(toy.does(new Effect.CompleteEvent(CPU0))));
        StepMachine machine = toys.begin(1);
        ToyMachine.runToEnd(machine);
        assertThat(machine.outcome())
                .isInstanceOfSatisfying(
                        RunOutcome.ServiceFailed.class,
                        failed -> assertThat(failed.message())
                                .isEqualTo("service 'toy' completes an event on vcpu0, which runs no handler"));
    }

    @Test
    void aReactionThatNoRecordHoldsEndsTheRunByTheServicesName() {
        toy.reaction = event -> event instanceof MachineEvent.Started
                ? List.of(new Effect.WriteMemory(DATA, Bytes.copyOf(new byte[JournalRecord.MAX_BYTES + 1])))
                : List.of();
        StepMachine machine = toys.begin(1);
        assertThat(machine.outcome())
                .isInstanceOfSatisfying(
                        RunOutcome.ServiceFailed.class,
                        failed -> assertThat(failed.message()).contains("at most 16777216 can be recorded"));
        assertThat(toys.records(JournalRecord.Reaction.class)).isEmpty();
    }

    /// Each is recorded before the guest executes the next instruction, so all of them are in memory together.
    @Test
    void reactionsThatTogetherAreTooLargeAreTheServicesFailure() {
        List<Effect> large = Collections.nCopies(2_000, new Effect.WriteMemory(DATA, Bytes.copyOf(new byte[4096])));
        toy.reaction = event -> event instanceof MachineEvent.PoweredOff ? large : List.of();
        Effect[] offs = new Effect[100];
        Arrays.fill(offs, new Effect.PowerOff(CPU1));
        engines.script(hvc(toy.does(offs)));
        StepMachine machine = toys.begin(2);
        ToyMachine.runToEnd(machine);
        assertThat(machine.outcome())
                .isInstanceOfSatisfying(
                        RunOutcome.ServiceFailed.class,
                        failed -> assertThat(failed.message())
                                .startsWith("service 'toy' reacts to events with effects of more than 256 MiB"));
        assertThat(toys.records(JournalRecord.Reaction.class)).hasSizeBetween(30, 32);
    }

    private void assertFailsBecauseItReactsWithoutEnd(StepMachine machine) {
        ToyMachine.runToEnd(machine);
        assertThat(machine.outcome())
                .isInstanceOfSatisfying(
                        RunOutcome.ServiceFailed.class,
                        failed -> assertThat(failed.message())
                                .startsWith("service 'toy' reacts to events that its own effects lead to"));
    }

    @Test
    void reactionsThatLeadToEachOtherAreTheServicesFailure() {
        toy.reaction = event -> switch (event) {
            case MachineEvent.PoweredOn on -> List.of(new Effect.PowerOff(on.vcpu()));
            case MachineEvent.PoweredOff off ->
                List.of(new Effect.PowerOn(off.vcpu(), FakeEngines.entry(1), 0, 0, DataOrder.LITTLE));
            default -> List.of();
        };
        engines.script(hvc(Toy.POWER_ON, 1, 0), budget());
        assertFailsBecauseItReactsWithoutEnd(toys.begin(2));
    }

    @Test
    void aServiceThatResetsTheMachineAtEachStartFails() {
        toy.reaction = event -> event instanceof MachineEvent.Started
                ? List.of(new Effect.SystemReset(Effect.SystemReset.Reset.WARM))
                : List.of();
        assertFailsBecauseItReactsWithoutEnd(toys.begin(1));
    }

    @Test
    void aServiceThatSuspendsAndWakesAVcpuForEverFails() {
        toy.reaction = event -> event instanceof MachineEvent.Woken woken
                ? List.of(new Effect.Standby(woken.vcpu()), new Effect.Wake(woken.vcpu()))
                : List.of();
        engines.script(hvc(toy.does(new Effect.Standby(CPU0), new Effect.Wake(CPU0))), budget());
        assertFailsBecauseItReactsWithoutEnd(toys.begin(1));
    }

    @Test
    void aReactionToAnEventIsRecordedAndDone() {
        Effect write = new Effect.WriteMemory(DATA, THREE);
        toy.reaction = event -> event instanceof MachineEvent.Started ? List.of(write) : List.of();
        engines.script(ToyMachine.doing(
                () -> {
                    throw new IllegalStateException("the end");
                },
                budget()));
        StepMachine machine = toys.begin(1);
        assertThat(toys.history.records)
                .as("before the first slice")
                .containsExactly(new JournalRecord.Reaction("toy", List.of(write)));
        assertThat(toys.parts().memory().read(DATA, 3)).isEqualTo(THREE);
        ToyMachine.run(machine, 1);
        assertThat(machine.outcome())
                .isInstanceOfSatisfying(
                        RunOutcome.Broken.class,
                        broken -> assertThat(broken.lastEvents())
                                .as("it is among the last events")
                                .first()
                                .asString()
                                .isEqualTo("3 bytes written at 0x40008000 [toy, without a call]"));
    }
}
