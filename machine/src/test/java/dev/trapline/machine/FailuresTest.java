package dev.trapline.machine;

import static dev.trapline.testkit.FakeEngines.budget;
import static dev.trapline.testkit.FakeEngines.hvc;
import static dev.trapline.testkit.FakeEngines.wfi;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.JournalRecord.Answer;
import dev.trapline.abi.history.JournalRecord.End;
import dev.trapline.abi.history.JournalRecord.Slice;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.machine.choice.Choices;
import dev.trapline.testkit.KeptHistory;
import dev.trapline.testkit.ReplayedHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// How a run ends if a service, an engine or the storage fails, and what the report says of it.
class FailuresTest {

    private static final VcpuId CPU0 = new VcpuId(0);
    private static final VcpuId CPU1 = new VcpuId(1);

    private final ToyMachine toys = new ToyMachine();

    @AfterEach
    void close() {
        toys.close();
    }

    private static RunReport.Breakage breakage(StepMachine machine) {
        return Objects.requireNonNull(machine.report().breakage(), "the details of a defect");
    }

    private static Exit broken(long[] registers) {
        throw new IllegalStateException("the engine is broken, at register 0 = " + registers[0]);
    }

    @Test
    void aServiceThatThrowsEndsTheRunBehindTheSliceOfItsCall() {
        toys.engines.script(hvc(Toy.COUNT), hvc(Toy.THROW));
        StepMachine machine = toys.begin(1);
        ToyMachine.run(machine, 2);
        RunOutcome failed = new RunOutcome.ServiceFailed("toy", "", true);
        assertThat(machine.outcome()).isEqualTo(failed);
        assertThat(toys.history.records)
                .as("the call that failed has a slice and no answer; the end is part of the history")
                .satisfiesExactly(
                        slice -> assertThat(slice).isInstanceOf(Slice.class),
                        answer -> assertThat(answer).isInstanceOf(Answer.class),
                        slice -> assertThat(slice).isInstanceOf(Slice.class),
                        end -> assertThat(end).isEqualTo(new End(failed, 2 * (1 + ToyMachine.CALL), 0, 0)));
        assertThat(machine.report().instructions()).as("both calls").isEqualTo(2);
        assertThat(machine.report().progress().hypercalls())
                .as("calls with an answer")
                .isEqualTo(1);
        assertThat(breakage(machine).trace()).contains("the toy is broken");
        assertThat(breakage(machine).lastEvents())
                .as("the answered call, and the slice of the other")
                .satisfiesExactly(
                        call -> assertThat(call).startsWith("hypercall#1 vcpu0 HVC 0xC6000000("),
                        slice -> assertThat(slice).startsWith("vcpu0 ran 1 of 743 instructions: HVC 0xC6000007("));
    }

    @Test
    void whatAServiceLacksOfTheHostIsNotPartOfTheHistory() {
        toys.toy.answer = (_, _) -> {
            throw new StackOverflowError("too deep");
        };
        toys.engines.script(hvc(Toy.COUNT));
        StepMachine machine = toys.begin(1);
        ToyMachine.run(machine, 1);
        assertThat(machine.outcome()).isEqualTo(new RunOutcome.ServiceFailed("toy", "", false));
        assertThat(toys.records(End.class)).as("a replay has another host").isEmpty();
    }

    @Test
    void anEngineThatThrowsIsADefectOfTraplineWithTheEventsBeforeIt() {
        toys.engines.script(
                budget(),
                ToyMachine.maintenance(),
                toys.engines.timerIn(10, wfi()),
                hvc(0xc200_0000L),
                FailuresTest::broken);
        StepMachine machine = toys.begin(1);
        ToyMachine.run(machine, 5);
        assertThat(machine.outcome()).isInstanceOfSatisfying(RunOutcome.Broken.class, broken -> {
            assertThat(broken.message()).startsWith("the engine is broken");
            assertThat(broken.lastEvents())
                    .as("every slice that ended, in order, and the round in which the wait ended")
                    .satisfiesExactly(
                            event -> assertThat(event).isEqualTo("vcpu0 ran 1000 of 1000 instructions: budget used"),
                            event -> assertThat(event)
                                    .isEqualTo("vcpu0 ran 1 of 1000 instructions: maintenance 0x1 of 0x2"),
                            event -> assertThat(event).isEqualTo("vcpu0 ran 1 of 935 instructions: WFI"),
                            event -> assertThat(event).startsWith("hypercall#1 vcpu0 HVC 0xC2000000("));
        });
        assertThat(breakage(machine).trace()).contains("the engine is broken");
        assertThat(toys.records(End.class))
                .as("a defect is not part of the history")
                .isEmpty();
        assertThat(machine.next()).as("no vCPU runs any more").isNull();
    }

    @Test
    void aRecordThatCannotBeStoredEndsTheRunWithoutAnEnd() {
        toys.history.refuse(record -> {
            if (record instanceof Answer) {
                throw new RecordingException(RecordingException.Kind.NOT_SUPPORTED, "the disk is full");
            }
        });
        toys.engines.script(hvc(Toy.COUNT));
        StepMachine machine = toys.begin(1);
        ToyMachine.run(machine, 1);
        assertThat(machine.outcome()).isEqualTo(new RunOutcome.StorageFailed("the disk is full"));
        assertThat(toys.history.records).as("nothing behind the slice").hasSize(1);
    }

    /// A store that fails, or has no credit, when a test says so.
    private static class Store extends KeptHistory {
        private @Nullable String failure;
        private boolean credit = true;

        @Override
        public @Nullable String failure() {
            return failure;
        }

        @Override
        public boolean hasCredit() {
            return credit;
        }
    }

    private static SliceEnd.Own whole(long began) {
        Slice slice = new Slice(CPU0, began, ToyMachine.SLICE, ToyMachine.SLICE, Exit.BudgetUsed.INSTANCE, 1);
        return new SliceEnd.BudgetUsed(slice, SliceEnd.Reading.NONE, 0);
    }

    private MachineCore core(KeptHistory history, Told told) {
        MachineSpec spec = ToyMachine.spec(1);
        MachineCore core = toys.assemble(spec, Choices.defaults(), history).core(told);
        core.begin();
        told.forget();
        return core;
    }

    @Test
    void aStoreThatFailedEndsTheRunBeforeTheNextSlice() {
        Store store = new Store();
        Told told = new Told();
        MachineCore core = core(store, told);
        store.failure = "the disk is full";
        core.sliceEnded(whole(0));
        assertThat(core.outcome()).isEqualTo(new RunOutcome.StorageFailed("the disk is full"));
        assertThat(told.commands).as("no slice is granted").isEmpty();
        assertThat(told.ends).as("the vCPUs are notified of the end").isEqualTo(1);
        assertThat(store.records).noneMatch(End.class::isInstance);
    }

    @Test
    void withoutCreditNoSliceIsGrantedUntilThereIsSome() {
        Store store = new Store();
        Told told = new Told();
        MachineCore core = core(store, told);
        core.resume();
        assertThat(told.commands)
                .as("it does not wait: the slice was granted before")
                .isEmpty();
        store.credit = false;
        core.sliceEnded(whole(0));
        core.resume();
        assertThat(told.commands).as("still no credit").isEmpty();
        assertThat(core.outcome()).as("the run is not over").isNull();
        store.credit = true;
        core.resume();
        core.resume();
        assertThat(told.to(CPU0))
                .as("one grant, from where the last slice ended")
                .singleElement()
                .isInstanceOfSatisfying(
                        VcpuCommand.Grant.class,
                        grant -> assertThat(grant.begins()).isEqualTo(ToyMachine.SLICE));
    }

    private static SliceEnd.Own waits() {
        Slice slice = new Slice(CPU0, 0, ToyMachine.SLICE, 1, Exit.WaitForInterrupt.INSTANCE, 1);
        return new SliceEnd.Waits(slice, SliceEnd.Reading.NONE, 0);
    }

    /// Forty interrupts at an idle machine, each for a vCPU that is off, and one that ends the wait.
    private Choices fortyOne(MachineSpec spec) {
        List<PlannedInjection> planned = new ArrayList<>();
        for (int n = 1; n <= 40; n++) {
            planned.add(new PlannedInjection(new Injection.WakeUp(CPU1), new Moment.AtTime(2_000 + 10 * n)));
        }
        planned.add(new PlannedInjection(new Injection.WakeUp(CPU0), new Moment.AtTime(5_000)));
        return toys.choices(spec, "", planned.toArray(PlannedInjection[]::new));
    }

    @Test
    void anIdleMachineWaitsForCreditBetweenItsInputsAndRecordsTheSame() {
        MachineSpec spec = ToyMachine.spec(2);
        Store free = new Store();
        MachineCore whole = toys.assemble(spec, fortyOne(spec), free).core(new Told());
        whole.begin();
        whole.sliceEnded(waits());
        Store tight = new Store() {
            private int asked;

            @Override
            public boolean hasCredit() {
                return asked++ % 3 != 2;
            }
        };
        Told told = new Told();
        MachineCore core = toys.assemble(spec, fortyOne(spec), tight).core(told);
        core.begin();
        core.resume();
        core.sliceEnded(waits());
        int waits = 0;
        int before = 0;
        while (tight.records.size() < free.records.size() && waits < 1_000) {
            assertThat(tight.records.size() - before)
                    .as("records without credit")
                    .isLessThan(10);
            before = tight.records.size();
            waits++;
            core.resume();
        }
        assertThat(waits).isGreaterThan(10);
        assertThat(tight.records).isEqualTo(free.records);
        assertThat(told.to(CPU0)).last().isInstanceOf(VcpuCommand.Grant.class);
    }

    @Test
    void aRunEndsOnceWithItsFirstOutcome() {
        Told told = new Told();
        MachineCore core = core(toys.history, told);
        core.finish(new RunOutcome.PoweredOff());
        core.finish(new RunOutcome.Interrupted());
        core.fail(new IllegalStateException("late"));
        assertThat(core.outcome()).isEqualTo(new RunOutcome.PoweredOff());
        assertThat(core.report(null, 0, 0).breakage())
                .as("what happens after the end is no defect of the run")
                .isNull();
        assertThat(told.ends).isEqualTo(1);
        assertThat(toys.history.records).containsExactly(new End(new RunOutcome.PoweredOff(), 0, 0, 0));
    }

    @Test
    void aMachineWhoseServiceDoesNotReturnIsTakenOverWithoutARecord() {
        Told told = new Told();
        MachineCore core = core(toys.history, told);
        RunOutcome held = new RunOutcome.HeldByService("toy", true);
        core.takeOver(held, "a trace");
        RunReport report = core.report(null, 0, 0);
        assertThat(report.outcome()).isEqualTo(held);
        assertThat(Objects.requireNonNull(report.breakage(), "its details").trace())
                .isEqualTo("a trace");
        assertThat(toys.history.records).isEmpty();
    }

    @Test
    void aRecordingThatCannotBeClosedIsTheOutcomeOfTheReport() {
        MachineCore core = core(toys.history, new Told());
        core.finish(new RunOutcome.PoweredOff());
        assertThat(core.report("no space", 0, 0).outcome()).isEqualTo(new RunOutcome.StorageFailed("no space"));
    }

    @Test
    void aDivergenceNamesTheVcpuAndTheFunctionOfTheSliceThatDiffers() {
        Slice other = new Slice(CPU0, 0, ToyMachine.SLICE, ToyMachine.SLICE, Exit.BudgetUsed.INSTANCE, 0);
        toys.engines.script(hvc(Toy.COUNT, 0x5));
        StepMachine machine =
                toys.begin(ToyMachine.spec(1), Choices.defaults(), new ReplayedHistory(List.<JournalRecord>of(other)));
        ToyMachine.run(machine, 1);
        assertThat(machine.outcome())
                .isInstanceOfSatisfying(
                        RunOutcome.Diverged.class,
                        diverged -> assertThat(diverged.report())
                                .contains("vCPU: vcpu0")
                                .contains("function: HVC 0xC6000000(x1=0x5,"));
    }
}
