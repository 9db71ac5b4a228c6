package dev.trapline.machine;

import static dev.trapline.testkit.FakeEngines.after;
import static dev.trapline.testkit.FakeEngines.budget;
import static dev.trapline.testkit.FakeEngines.hvc;
import static dev.trapline.testkit.FakeEngines.wfi;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.firmware.MachineEvent;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.JournalRecord.Slice;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.ExitCosts;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.ScheduleSpec;
import dev.trapline.abi.machine.VcpuState;
import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.policy.Policy;
import dev.trapline.machine.choice.OperatorChoices;
import dev.trapline.testkit.FakeEngines;
import dev.trapline.testkit.KeptHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The machine's loop without an actor system: the effects of each kind of exit.
class StepMachineTest {

    private static final long SLICE = 1000;
    private static final long CALL = 256;
    private static final VcpuId CPU0 = new VcpuId(0);
    private static final VcpuId CPU1 = new VcpuId(1);

    private final FakeEngines engines = new FakeEngines();
    private final KeptHistory history = new KeptHistory();
    private final Toy toy = new Toy();
    private final List<Runnable> closing = new ArrayList<>();

    @AfterEach
    void close() {
        closing.reversed().forEach(Runnable::run);
    }

    private StepMachine machine(int vcpus, Policy policy) {
        MachineSpec spec = MachineSpec.DEFAULT
                .with(CpuSpec.DEFAULT.withCount(vcpus))
                .with(BoardSpec.DEFAULT.withRam(BoardSpec.MIN_RAM))
                .with(ScheduleSpec.DEFAULT.withQuantum(SLICE).with(new ExitCosts(CALL, 0, 0)))
                .withPolicy(policy);
        Image image = new Image(Image.Kind.RAW, "nothing.bin", FakeEngines.ENTRY, Bytes.copyOf(new byte[64]));
        MachineParts parts = new MachineAssembly(engines, spec, List.of(image), List.of(toy), null)
                .assemble(
                        OperatorChoices.planned(spec, Bytes.EMPTY, List.of()),
                        new Console((_, _) -> {}),
                        history,
                        new Controls(),
                        () -> {});
        StepMachine machine = new StepMachine(parts);
        closing.add(parts::close);
        closing.add(machine::close);
        machine.begin();
        return machine;
    }

    private StepMachine machine(int vcpus) {
        return machine(vcpus, Policy.DEFAULT);
    }

    private static void run(StepMachine machine, int slices) {
        for (int n = 0; n < slices; n++) {
            machine.runSlice();
        }
    }

    private List<VcpuId> whoRan() {
        return history.records.stream()
                .filter(Slice.class::isInstance)
                .map(slice -> ((Slice) slice).vcpu())
                .toList();
    }

    private long registerOfTheNextSlice(StepMachine machine, VcpuId vcpu, int register) {
        return Objects.requireNonNull(machine.registers(vcpu), "a vCPU with power")
                .get(register);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCallIsAnsweredAlikeResidentOrForwarded(boolean resident) {
        engines.script(hvc(Toy.COUNT), hvc(Toy.COUNT), budget());
        StepMachine machine = machine(1, resident ? Policy.DEFAULT.withResident("toy") : Policy.DEFAULT);
        run(machine, 2);
        assertThat(registerOfTheNextSlice(machine, CPU0, 0))
                .as("the service has counted two calls")
                .isEqualTo(2);
        assertThat(history.records)
                .filteredOn(JournalRecord.Answer.class::isInstance)
                .extracting(answer -> ((JournalRecord.Answer) answer).decision())
                .containsOnly(resident ? new Decision.Resident("toy") : new Decision.Forwarded("toy"));
        assertThat(machine.now())
                .as("two calls: one instruction each, and the cost of a call")
                .isEqualTo(2 * (1 + CALL));
    }

    @Test
    void aCallThatNobodyClaimsIsNotSupportedAndNoServiceGetsIt() {
        engines.script(hvc(0xc200_0000L), hvc(Toy.COUNT));
        StepMachine machine = machine(1);
        run(machine, 1);
        assertThat(registerOfTheNextSlice(machine, CPU0, 0))
                .as("DEN0028 §5.2: unknown function identifiers return -1")
                .isEqualTo(-1);
        run(machine, 1);
        assertThat(registerOfTheNextSlice(machine, CPU0, 0))
                .as("the first call of the service")
                .isEqualTo(1);
    }

    @Test
    void aSliceThatUsesItsBudgetCostsItsBudget() {
        engines.script(budget(), budget());
        StepMachine machine = machine(1);
        run(machine, 2);
        assertThat(machine.slices()).isEqualTo(2);
        assertThat(machine.now()).isEqualTo(2 * SLICE);
    }

    @Test
    void aVcpuThatIsPoweredOnRunsWhenItIsReadyAndFindsItsContext() {
        engines.script(hvc(Toy.POWER_ON, 1, 2_000)).script(budget(), budget());
        StepMachine machine = machine(2);
        run(machine, 1);
        assertThat(machine.states()).containsExactly(VcpuState.ON, VcpuState.ON_PENDING);
        assertThat(registerOfTheNextSlice(machine, CPU1, 0)).as("its context").isEqualTo(7);
        run(machine, 4);
        assertThat(whoRan())
                .as("ready 2 000 ticks after the call; slices end at 256, 1 256, 2 256 and 3 256 ticks")
                .containsExactly(CPU0, CPU0, CPU0, CPU1, CPU0);
        assertThat(toy.events).contains(new MachineEvent.PoweredOn(CPU1));
    }

    @Test
    void aMachineInWhichNobodyCanEverRunIsADeadlock() {
        engines.script(wfi());
        StepMachine machine = machine(1);
        run(machine, 1);
        assertThat(machine.outcome()).isEqualTo(new RunOutcome.Deadlock(List.of(VcpuState.SUSPENDED)));
        assertThat(machine.next()).as("no vCPU runs any more").isNull();
        assertThat(history.records).last().isInstanceOf(JournalRecord.End.class);
    }

    @Test
    void timePassesToTheTimerThatEndsAWait() {
        engines.script(engines.timer(5_000, wfi()), budget());
        StepMachine machine = machine(1);
        run(machine, 1);
        assertThat(history.records).last().isEqualTo(new JournalRecord.Round(5_000, 5_000 + SLICE));
        assertThat(machine.now()).isEqualTo(5_000);
        assertThat(machine.next()).isEqualTo(CPU0);
    }

    @Test
    void aWaitEndsAtOnceIfItsInterruptWasThereBefore() {
        engines.script(hvc(Toy.POWER_ON, 1), budget(), wfi(), budget()).script(hvc(Toy.WAKE, 0), wfi());
        StepMachine machine = machine(2);
        run(machine, 3);
        assertThat(machine.states()).as("the wake-up is kept").containsExactly(VcpuState.ON, VcpuState.ON);
        run(machine, 2);
        assertThat(machine.states())
                .as("its wait was over before it began; the other one waits")
                .containsExactly(VcpuState.ON, VcpuState.SUSPENDED);
    }

    @Test
    void aServiceThatHasItsCallerWaitIsNotifiedWhenTheWaitIsOver() {
        engines.script(engines.timer(9_000, hvc(Toy.STANDBY)), budget());
        StepMachine machine = machine(1);
        run(machine, 1);
        assertThat(toy.events).last().isEqualTo(new MachineEvent.Woken(CPU0, 9_000, false));
        assertThat(machine.now()).isEqualTo(9_000);
    }

    @Test
    void aServiceThatThrowsEndsTheRunByItsName() {
        engines.script(hvc(Toy.THROW));
        StepMachine machine = machine(1);
        run(machine, 1);
        assertThat(machine.outcome()).isInstanceOfSatisfying(RunOutcome.ServiceFailed.class, failed -> {
            assertThat(failed.service()).isEqualTo("toy");
            assertThat(failed.message()).contains("the toy is broken");
        });
        assertThat(history.records)
                .as("a call that was not answered has no answer")
                .noneMatch(JournalRecord.Answer.class::isInstance);
    }

    @Test
    void effectsThatNoRecordHoldsEndTheRunByTheServicesNameThoughNothingIsRecorded() {
        engines.script(hvc(Toy.TOO_MUCH));
        StepMachine machine = machine(1);
        run(machine, 1);
        assertThat(machine.outcome())
                .isInstanceOfSatisfying(
                        RunOutcome.ServiceFailed.class,
                        failed -> assertThat(failed.message()).contains("17825"));
    }

    @Test
    void aWriteOfAServiceReachesMemoryAndDropsTranslationsOfAllThatHavePower() {
        engines.script(hvc(Toy.POWER_ON, 1), hvc(Toy.WRITE, FakeEngines.ENTRY + 0x100))
                .script(budget());
        StepMachine machine = machine(2);
        run(machine, 3);
        assertThat(engines.log)
                .filteredOn(line -> line.contains("drops 0x"))
                .as("one line for each vCPU with power")
                .hasSize(2);
    }

    @Test
    void anEffectOnAVcpuThatTheMachineLacksEndsTheRunByTheServicesName() {
        engines.script(hvc(Toy.POWER_ON, 5));
        StepMachine machine = machine(2);
        run(machine, 1);
        assertThat(machine.outcome())
                .isInstanceOfSatisfying(
                        RunOutcome.ServiceFailed.class,
                        failed -> assertThat(failed.service()).isEqualTo("toy"));
    }

    @Test
    void aFaultEndsTheRunWithItsRegisters() {
        engines.script(registers -> {
            registers[3] = 0x55;
            return new GuestFault(GuestFault.Kind.UNDEFINED_INSTRUCTION, FakeEngines.ENTRY, 0);
        });
        StepMachine machine = machine(1);
        run(machine, 1);
        assertThat(machine.outcome()).isInstanceOfSatisfying(RunOutcome.GuestFailed.class, failed -> {
            assertThat(failed.vcpu()).isEqualTo(CPU0);
            assertThat(failed.registers().get(3)).isEqualTo(0x55);
        });
    }

    @Test
    void maintenanceReachesEveryVcpuThatHasPower() {
        engines.script(hvc(Toy.POWER_ON, 1), _ -> new Exit.Maintenance(1, 2)).script(budget());
        StepMachine machine = machine(3);
        run(machine, 3);
        assertThat(engines.log)
                .filteredOn(line -> line.contains(" maintains "))
                .as("cpu0 and cpu1; cpu2 is off")
                .hasSize(2);
    }

    @Test
    void lookingAtAMachineChangesNothingOfIt() {
        engines.script(hvc(Toy.COUNT), budget());
        StepMachine machine = machine(2);
        run(machine, 1);
        List<String> before = List.copyOf(engines.log);
        List<JournalRecord> recorded = List.copyOf(history.records);
        assertThat(registerOfTheNextSlice(machine, CPU0, 0))
                .as("the call's result, which is not in the engine yet")
                .isEqualTo(1);
        assertThat(machine.registers(CPU1)).as("a vCPU without power").isNull();
        assertThat(machine.states()).containsExactly(VcpuState.ON, VcpuState.OFF);
        assertThat(machine.openHandlers()).isEmpty();
        assertThat(engines.log).as("the calls of the engines").isEqualTo(before);
        assertThat(history.records).isEqualTo(recorded);
        run(machine, 1);
        assertThat(registerOfTheNextSlice(machine, CPU0, 0))
                .as("the guest finds the result that was looked at before")
                .isEqualTo(1);
    }

    @Test
    void nothingFollowsASliceThatWasRunInPart() {
        engines.script(budget(), budget());
        StepMachine machine = machine(1);
        assertThat(machine.isPartlyRun()).as("not yet").isFalse();
        machine.runPart(10);
        assertThat(machine.isPartlyRun()).isTrue();
        assertThatThrownBy(machine::requireSlice)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("in part");
        assertThat(history.records).as("the history does not contain it").noneMatch(Slice.class::isInstance);
    }

    @Test
    void aPartOfASliceReturnsWhatEndedIt() {
        engines.script(after(50, wfi()));
        assertThat(machine(1).runPart(10)).as("ten of fifty instructions").isEqualTo(Exit.BudgetUsed.INSTANCE);
        assertThat(machine(1).runPart(100)).as("the wait").isEqualTo(Exit.WaitForInterrupt.INSTANCE);
    }

    @Test
    void singleStepsRunASliceToItsExitWithTheResultOfTheCallBefore() {
        List<Long> found = new ArrayList<>();
        engines.script(
                hvc(Toy.COUNT),
                registers -> {
                    found.add(registers[0]);
                    registers[0] = 5;
                    return Exit.BudgetUsed.INSTANCE;
                },
                after(1, wfi()));
        StepMachine machine = machine(1);
        run(machine, 1);
        engines.log.clear();
        assertThat(machine.step())
                .as("the first of two instructions before the wait")
                .isTrue();
        assertThat(found).as("the call's result").containsExactly(1L);
        assertThat(registerOfTheNextSlice(machine, CPU0, 0))
                .as("what the guest made of it")
                .isEqualTo(5);
        assertThat(machine.isPartlyRun()).isTrue();
        assertThat(machine.step()).isTrue();
        assertThat(machine.step()).as("the wait ends the slice").isFalse();
        assertThat(engines.log)
                .as("each at its own time, after a call of one instruction; the result is written once")
                .containsExactly("cpu0 gets x0=0x1", "cpu0 runs 1 at 257", "cpu0 runs 1 at 258", "cpu0 runs 1 at 259");
        assertThat(history.records).as("the history does not contain them").hasSize(2);
    }

    @Test
    void singleStepsEndWithTheBudget() {
        engines.script(after(SLICE - CALL - 4, hvc(Toy.COUNT)));
        StepMachine machine = machine(1);
        run(machine, 1);
        assertThat(machine.budget()).isEqualTo(3);
        assertThat(machine.step()).isTrue();
        assertThat(machine.step()).isTrue();
        assertThat(machine.step()).as("the third of three instructions").isFalse();
    }

    @Test
    void aRunThatIsOverHasNoStep() {
        engines.script(hvc(Toy.OFF));
        StepMachine machine = machine(1);
        run(machine, 1);
        assertThatThrownBy(machine::step)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no slice was granted");
        machine.close();
        assertThat(engines.log).as("the engine is freed").last().isEqualTo("cpu0 closes");
    }

    @Test
    void theEndOfAMachineIsRecordedOnceAndNothingRunsAfterIt() {
        engines.script(hvc(Toy.OFF));
        StepMachine machine = machine(1);
        run(machine, 1);
        assertThat(machine.outcome()).isEqualTo(new RunOutcome.PoweredOff());
        assertThat(machine.next()).isNull();
        assertThat(history.records)
                .filteredOn(JournalRecord.End.class::isInstance)
                .hasSize(1);
        assertThat(machine.report().outcome()).isEqualTo(new RunOutcome.PoweredOff());
    }
}
