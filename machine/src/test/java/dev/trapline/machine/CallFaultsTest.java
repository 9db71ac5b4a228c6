package dev.trapline.machine;

import static dev.trapline.testkit.FakeEngines.budget;
import static dev.trapline.testkit.FakeEngines.hvc;
import static dev.trapline.testkit.FakeEngines.wfi;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.CallKey;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.fault.CallFault.Crashed;
import dev.trapline.abi.fault.CallFault.Crashed.When;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.JournalRecord.Answer;
import dev.trapline.abi.history.JournalRecord.Faulted;
import dev.trapline.abi.history.JournalRecord.Slice;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.VcpuState;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.machine.choice.Choice;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.choice.EditedChoices;
import dev.trapline.machine.choice.NotedChoices;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a machine does with a call that goes wrong.
class CallFaultsTest {

    private static final VcpuId CPU0 = new VcpuId(0);
    private static final VcpuId CPU1 = new VcpuId(1);
    private static final long UNCLAIMED = 0xc700_0000L;
    private static final RegisterWrites MINUS_THREE = RegisterWrites.x0(-3);

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

    private static MachineSpec spec(int vcpus) {
        MachineSpec plain = ToyMachine.spec(vcpus);
        return plain.with(plain.run().withFaults(true));
    }

    private static Choice fault(VcpuId caller, long nth, CallFault fault) {
        return new Choice.OfFault(new CallKey(caller, nth), fault);
    }

    /// A machine of which one call gets a fault.
    private StepMachine begin(ToyMachine toys, int vcpus, Choice... faults) {
        return toys.begin(spec(vcpus), new EditedChoices(List.of(faults), toys.choices(spec(vcpus), "")), toys.history);
    }

    private List<RegisterWrites> answers(ToyMachine toys) {
        return toys.records(Answer.class).stream().map(Answer::registers).toList();
    }

    @Test
    void aRefusedCallReachesNoServiceAndReturnsWhatTheFaultSays() {
        ToyMachine toys = open();
        toys.engines.script(hvc(Toy.COUNT), hvc(Toy.COUNT), hvc(Toy.COUNT), hvc(Toy.OFF));
        StepMachine machine = begin(toys, 1, fault(CPU0, 2, new CallFault.Refused(MINUS_THREE)));
        ToyMachine.runToEnd(machine);
        assertThat(machine.outcome()).isEqualTo(new RunOutcome.PoweredOff());
        assertThat(answers(toys).subList(0, 3))
                .as("the service counts the calls that it gets")
                .containsExactly(RegisterWrites.x0(1), MINUS_THREE, RegisterWrites.x0(2));
        assertThat(toys.history.records)
                .filteredOn(record -> record instanceof Faulted || record instanceof Slice)
                .as("the fault stands in front of its slice")
                .extracting(record -> record instanceof Faulted)
                .containsExactly(false, true, false, false, false);
    }

    @Test
    void aDeniedCallCanBeRefusedInAnotherWay() {
        ToyMachine toys = open();
        toys.engines.script(hvc(UNCLAIMED), hvc(UNCLAIMED), hvc(Toy.OFF));
        ToyMachine.runToEnd(begin(toys, 1, fault(CPU0, 2, new CallFault.Refused(MINUS_THREE))));
        assertThat(answers(toys).subList(0, 2)).containsExactly(RegisterWrites.x0(-1), MINUS_THREE);
    }

    @Test
    void aWrongResultReplacesRegistersOfTheAnswerAndAddsOthers() {
        ToyMachine toys = open();
        toys.toy.answer = (calls, _) -> RegisterWrites.fromX0(calls, 5, 6);
        toys.engines.script(hvc(Toy.COUNT), hvc(Toy.COUNT), hvc(Toy.OFF));
        RegisterWrites wrong = RegisterWrites.NONE.and(1, 77).and(20, 88);
        ToyMachine.runToEnd(begin(toys, 1, fault(CPU0, 1, new CallFault.WrongResult(wrong))));
        assertThat(answers(toys).subList(0, 2))
                .containsExactly(RegisterWrites.fromX0(1, 77, 6).and(20, 88), RegisterWrites.fromX0(2, 5, 6));
    }

    @Test
    void theServiceSeesAWrongArgumentAndTheCallerKeepsItsOwn() {
        ToyMachine toys = open();
        long[] after = new long[1];
        toys.engines.script(hvc(Toy.COUNT, 11, 12), registers -> {
            after[0] = registers[1];
            return hvc(Toy.OFF).apply(registers);
        });
        ToyMachine.runToEnd(
                begin(toys, 1, fault(CPU0, 1, new CallFault.WrongArgument(RegisterWrites.NONE.and(1, 99)))));
        assertThat(toys.toy.calls.getFirst().smccc().argument(1)).isEqualTo(99);
        assertThat(toys.toy.calls.getFirst().smccc().argument(2)).isEqualTo(12);
        assertThat(after[0]).as("x1 behind the call").isEqualTo(11);
    }

    @Test
    void aLateCallerContinuesSoMuchLaterWhileTheOthersGoOn() {
        ToyMachine toys = open();
        toys.engines.script(hvc(Toy.POWER_ON, 1, 0), hvc(Toy.COUNT), hvc(Toy.OFF));
        toys.engines.script(budget(), budget(), budget(), budget(), budget(), budget(), budget(), budget());
        ToyMachine.runToEnd(begin(toys, 2, fault(CPU0, 2, new CallFault.Late(5_000))));
        List<Slice> ofCaller = toys.slices().stream()
                .filter(slice -> slice.vcpu().equals(CPU0))
                .toList();
        assertThat(ofCaller.get(2).began())
                .as("the end of the call, and 5000 ticks")
                .isEqualTo(ofCaller.get(1).ended(spec(2).schedule().exitCosts()) + 5_000);
        assertThat(toys.slices().stream().filter(slice -> slice.vcpu().equals(CPU1)))
                .as("the other one has run meanwhile")
                .hasSizeGreaterThanOrEqualTo(5);
    }

    @Test
    void noInterruptEndsTheWaitOfALostCallAndItIsKept() {
        ToyMachine toys = open();
        toys.engines.script(hvc(Toy.COUNT, 11), wfi(), hvc(Toy.OFF));
        MachineSpec spec = spec(1);
        Choices injected =
                toys.choices(spec, "", new PlannedInjection(new Injection.WakeUp(CPU0), new Moment.AtTime(2_000)));
        StepMachine machine = toys.begin(
                spec, new EditedChoices(List.of(fault(CPU0, 1, new CallFault.Lost(9_000))), injected), toys.history);
        ToyMachine.runToEnd(machine);
        assertThat(machine.outcome()).as("the interrupt was kept for WFI").isEqualTo(new RunOutcome.PoweredOff());
        assertThat(toys.slices().get(1).began())
                .isEqualTo(toys.slices().get(0).ended(spec.schedule().exitCosts()) + 9_000);
        assertThat(answers(toys).getFirst()).as("it returns nothing").isEqualTo(RegisterWrites.NONE);
        assertThat(toys.toy.calls).as("calls that the service got").hasSize(1);
    }

    @Test
    void aCallThatIsLostForEverHoldsItsCallerUntilNothingElseCanRun() {
        ToyMachine toys = open();
        toys.engines.script(hvc(Toy.POWER_ON, 1, 0), hvc(Toy.COUNT));
        toys.engines.script(budget(), hvc(Toy.POWER_OFF));
        StepMachine machine = begin(toys, 2, fault(CPU0, 2, new CallFault.Lost(CallFault.FOREVER)));
        ToyMachine.runToEnd(machine);
        assertThat(machine.outcome()).isEqualTo(new RunOutcome.Deadlock(List.of(VcpuState.STALLED, VcpuState.OFF)));
    }

    @Test
    void aPlannedInjectionForAnotherVcpuStillComesWhileACallIsLostForEver() {
        ToyMachine toys = open();
        toys.engines.script(hvc(Toy.POWER_ON, 1, 0), hvc(Toy.COUNT));
        toys.engines.script(wfi(), hvc(Toy.OFF));
        MachineSpec spec = spec(2);
        Choices injected =
                toys.choices(spec, "", new PlannedInjection(new Injection.WakeUp(CPU1), new Moment.AtTime(50_000)));
        StepMachine machine = toys.begin(
                spec,
                new EditedChoices(List.of(fault(CPU0, 2, new CallFault.Lost(CallFault.FOREVER))), injected),
                toys.history);
        ToyMachine.runToEnd(machine);
        assertThat(machine.outcome()).isEqualTo(new RunOutcome.PoweredOff());
    }

    @Test
    void aResetReleasesACallerThatIsHeld() {
        ToyMachine toys = open();
        long reset = toys.toy.does(new Effect.SystemReset(Effect.SystemReset.Reset.COLD));
        boolean[] again = new boolean[1];
        toys.engines.script(
                registers -> (again[0] ? hvc(Toy.OFF) : hvc(Toy.POWER_ON, 1, 0)).apply(registers), hvc(Toy.COUNT));
        toys.engines.script(registers -> {
            again[0] = true;
            return hvc(reset).apply(registers);
        });
        StepMachine machine = begin(toys, 2, fault(CPU0, 2, new CallFault.Lost(CallFault.FOREVER)));
        ToyMachine.runToEnd(machine);
        assertThat(machine.outcome()).isEqualTo(new RunOutcome.PoweredOff());
    }

    @Test
    void aRepeatedCallIsHandledTwiceWithTheEffectsOfBoth() {
        ToyMachine toys = open();
        long write = toys.toy.does(new Effect.Wake(CPU0));
        toys.engines.script(hvc(write), hvc(Toy.OFF));
        ToyMachine.runToEnd(begin(toys, 1, fault(CPU0, 1, new CallFault.Repeated())));
        Answer answer = toys.records(Answer.class).getFirst();
        assertThat(answer.registers()).as("the second answer").isEqualTo(RegisterWrites.x0(2));
        assertThat(answer.effects()).containsExactly(new Effect.Wake(CPU0), new Effect.Wake(CPU0));
    }

    @Test
    void aCallThatDoesNotReturnIsNotRepeated() {
        ToyMachine toys = open();
        toys.engines.script(hvc(Toy.OFF));
        StepMachine machine = begin(toys, 1, fault(CPU0, 1, new CallFault.Repeated()));
        ToyMachine.runToEnd(machine);
        assertThat(machine.outcome()).isEqualTo(new RunOutcome.PoweredOff());
        assertThat(toys.toy.calls).hasSize(1);
    }

    @Test
    void aServiceThatForgetsBeginsAgain() {
        ToyMachine toys = open();
        toys.engines.script(hvc(Toy.COUNT), hvc(Toy.COUNT), hvc(Toy.COUNT), hvc(Toy.OFF));
        ToyMachine.runToEnd(begin(toys, 1, fault(CPU0, 3, new CallFault.Forgotten())));
        assertThat(answers(toys).subList(0, 3))
                .containsExactly(RegisterWrites.x0(1), RegisterWrites.x0(2), RegisterWrites.x0(1));
    }

    @Test
    void aCrashBeforeOrInTheWorkLosesItAndOneAfterItDoesNot() {
        for (When when : When.values()) {
            ToyMachine toys = open();
            toys.engines.script(hvc(Toy.COUNT), hvc(Toy.COUNT), hvc(Toy.COUNT), hvc(Toy.OFF));
            ToyMachine.runToEnd(begin(toys, 1, fault(CPU0, 2, new Crashed(when, MINUS_THREE))));
            assertThat(answers(toys).subList(0, 3))
                    .as("%s", when)
                    .containsExactly(
                            RegisterWrites.x0(1),
                            when == When.AFTER ? RegisterWrites.x0(2) : MINUS_THREE,
                            RegisterWrites.x0(when == When.AFTER ? 3 : 2));
        }
    }

    static Stream<CallFault> faults() {
        return Stream.of(
                new CallFault.Refused(MINUS_THREE),
                new CallFault.WrongArgument(RegisterWrites.NONE.and(1, 1)),
                new CallFault.WrongResult(RegisterWrites.fromX0(7, 8, 9)),
                new CallFault.Late(3_333),
                new CallFault.Lost(2_222),
                new CallFault.Lost(CallFault.FOREVER),
                new CallFault.Repeated(),
                new CallFault.Forgotten(),
                new Crashed(When.BEFORE, MINUS_THREE),
                new Crashed(When.WHILE, MINUS_THREE),
                new Crashed(When.AFTER, MINUS_THREE));
    }

    private static ToyMachine busy(ToyMachine toys) {
        toys.engines.script(
                hvc(Toy.POWER_ON, 1, 300),
                hvc(Toy.COUNT, 5),
                budget(),
                hvc(Toy.COUNT, 6),
                hvc(Toy.STANDBY),
                hvc(Toy.COUNT, 7),
                hvc(Toy.OFF));
        toys.engines.script(
                hvc(Toy.COUNT, 8), budget(), budget(), hvc(Toy.WAKE, 0), budget(), hvc(Toy.WAKE, 0), budget(), wfi());
        return toys;
    }

    private List<Choice> twoFaults(CallFault fault) {
        return List.of(fault(CPU0, 2, fault), fault(CPU1, 1, fault));
    }

    private StepMachine recorded(ToyMachine toys, CallFault fault) {
        StepMachine machine =
                toys.begin(spec(2), new EditedChoices(twoFaults(fault), toys.choices(spec(2), "")), toys.history);
        ToyMachine.runToEnd(machine);
        assertThat(toys.records(Faulted.class))
                .as("both calls had their fault")
                .containsExactly(new Faulted(fault), new Faulted(fault));
        return machine;
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aReplayTakesTheFaultsFromTheRecording(CallFault fault) {
        ToyMachine toys = busy(open());
        StepMachine recorded = recorded(toys, fault);
        StepMachine replayed = busy(open()).replay(spec(2), toys.history.records);
        ToyMachine.runToEnd(replayed);
        assertThat(replayed.report()).usingRecursiveComparison().isEqualTo(recorded.report());
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aRecordingCutBeforeAnySliceOrInputIsContinuedAsTheRunThatWasNotCut(CallFault fault) {
        ToyMachine whole = busy(open());
        StepMachine recorded = recorded(whole, fault);
        List<JournalRecord> records = whole.history.records;
        for (int cut = 1; cut < records.size(); cut++) {
            boolean between = records.get(cut) instanceof Slice || records.get(cut) instanceof JournalRecord.Input;
            if (between) {
                ToyMachine toys = busy(open());
                ContinuedHistory history = new ContinuedHistory(records.subList(0, cut));
                StepMachine machine =
                        toys.begin(spec(2), new EditedChoices(twoFaults(fault), toys.choices(spec(2), "")), history);
                ToyMachine.runToEnd(machine);
                assertThat(history.live).as("behind record %d", cut).isEqualTo(records.subList(cut, records.size()));
                assertThat(machine.report()).usingRecursiveComparison().isEqualTo(recorded.report());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("faults")
    void aMachineThatIsSavedBeforeAnySliceOfAReplayContinuesAsIfNothingHadHappened(CallFault fault) {
        ToyMachine toys = busy(open());
        StepMachine recorded = recorded(toys, fault);
        long slices = recorded.slices();
        for (long at = 0; at < slices; at++) {
            ToyMachine replayed = busy(open());
            StepMachine machine = replayed.replay(spec(2), toys.history.records);
            ToyMachine.run(machine, (int) at);
            StateWriter state = new StateWriter();
            machine.save(state);
            machine.load(new StateReader(state.toBytes()), Policy.DEFAULT);
            StateWriter again = new StateWriter();
            machine.save(again);
            assertThat(again.toBytes()).as("saved again before slice %d", at).isEqualTo(state.toBytes());
        }
    }

    @ParameterizedTest
    @MethodSource("faults")
    void theNotedChoicesOfARunGiveTheSameRunAgain(CallFault fault) {
        ToyMachine toys = busy(open());
        NotedChoices noted = new NotedChoices(new EditedChoices(twoFaults(fault), toys.choices(spec(2), "")));
        StepMachine first = toys.begin(spec(2), noted, toys.history);
        ToyMachine.runToEnd(first);
        assertThat(noted.noted()).containsExactlyInAnyOrderElementsOf(twoFaults(fault));
        ToyMachine other = busy(open());
        StepMachine second = other.begin(spec(2), new EditedChoices(noted.noted(), Choices.defaults()), other.history);
        ToyMachine.runToEnd(second);
        assertThat(other.history.records).isEqualTo(toys.history.records);
    }

    @Test
    void aMachineThatIsDescribedWithoutFaultsHasNone() {
        ToyMachine toys = open();
        toys.engines.script(hvc(Toy.COUNT), hvc(Toy.OFF));
        List<Choice> faults = List.of(fault(CPU0, 1, new CallFault.Repeated()));
        StepMachine machine =
                toys.begin(ToyMachine.spec(1), new EditedChoices(faults, Choices.defaults()), toys.history);
        ToyMachine.runToEnd(machine);
        assertThat(machine.outcome())
                .isInstanceOfSatisfying(
                        RunOutcome.Broken.class,
                        broken -> assertThat(broken.message()).contains("RunSpec.withFaults(true)"));
    }

    @Test
    void aFaultForACallThatIsNeverMadeStaysUnused() {
        ToyMachine toys = open();
        toys.engines.script(hvc(Toy.COUNT), hvc(UNCLAIMED), hvc(Toy.OFF));
        List<Choice> faults =
                List.of(fault(CPU0, 4, new CallFault.Repeated()), fault(CPU0, 2, new CallFault.Repeated()));
        EditedChoices edited = new EditedChoices(faults, Choices.defaults());
        ToyMachine.runToEnd(toys.begin(spec(1), edited, toys.history));
        assertThat(edited.unused())
                .as("one is not made, and no service gets the other")
                .containsExactlyInAnyOrderElementsOf(faults);
    }

    @Test
    void aFaultInARecordingWhoseHeaderHasNoneIsADivergence() {
        ToyMachine toys = open();
        toys.engines.script(hvc(Toy.COUNT));
        Slice slice = new Slice(CPU0, 0, ToyMachine.SLICE, 1, Exit.WaitForInterrupt.INSTANCE, 0);
        Faulted refused = new Faulted(new CallFault.Refused(MINUS_THREE));
        assertThat(divergence(ToyMachine.spec(1), toys, List.of(slice), refused))
                .contains("a fault of a call, and its header says that there is none");
    }

    @Test
    void delaysWithoutEndBringTimeToNoOverflow() {
        ToyMachine toys = open();
        toys.engines.script(hvc(Toy.COUNT), hvc(Toy.COUNT), hvc(Toy.OFF));
        CallFault year = new CallFault.Late(MachineSpec.LAST_DEADLINE);
        StepMachine machine = begin(toys, 1, fault(CPU0, 1, year), fault(CPU0, 2, year));
        ToyMachine.runToEnd(machine);
        assertThat(machine.outcome()).isEqualTo(new RunOutcome.Deadlock(List.of(VcpuState.STALLED)));
        assertThat(machine.now()).isBetween(0L, MachineSpec.LAST_DEADLINE);
    }

    /// A recording with faults at slices where they cannot be.
    private String divergence(MachineSpec spec, ToyMachine toys, List<JournalRecord> before, JournalRecord... first) {
        List<JournalRecord> records = new ArrayList<>(List.of(first));
        records.addAll(before);
        StepMachine machine = toys.replay(spec, records);
        ToyMachine.runToEnd(machine);
        return machine.outcome() instanceof RunOutcome.Diverged(String report) ? report : "it did not diverge";
    }

    @Test
    void aForgedFaultIsADivergence() {
        ToyMachine waits = open();
        waits.engines.script(wfi());
        Slice slice = new Slice(CPU0, 0, ToyMachine.SLICE, 1, Exit.WaitForInterrupt.INSTANCE, 0);
        Faulted refused = new Faulted(new CallFault.Refused(MINUS_THREE));
        assertThat(divergence(spec(1), waits, List.of(slice), refused))
                .contains("the recording has a fault of a call, and the slice ends without one");
        ToyMachine twice = open();
        twice.engines.script(hvc(Toy.COUNT));
        assertThat(divergence(spec(1), twice, List.of(slice), refused, refused))
                .contains("the recording has two faults of one call");
        ToyMachine denied = open();
        denied.engines.script(hvc(UNCLAIMED));
        assertThat(divergence(spec(1), denied, List.of(slice), new Faulted(new CallFault.Repeated())))
                .contains("the recording has a fault of a service on a call that no service gets");
    }
}
