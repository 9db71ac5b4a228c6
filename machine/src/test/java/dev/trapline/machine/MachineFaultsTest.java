package dev.trapline.machine;

import static dev.trapline.testkit.FakeEngines.budget;
import static dev.trapline.testkit.FakeEngines.hvc;
import static dev.trapline.testkit.FakeEngines.wfi;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.VcpuState;
import dev.trapline.abi.machine.WrongBits;
import dev.trapline.testkit.FakeEngines;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What goes wrong with a machine between two slices.
class MachineFaultsTest {

    private static final VcpuId CPU0 = new VcpuId(0);
    private static final VcpuId CPU1 = new VcpuId(1);

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

    private static PlannedInjection before(long slice, Injection what) {
        return new PlannedInjection(what, new Moment.AtSlice(slice));
    }

    @Test
    void aHeldVcpuExecutesNothingUntilItsTimeAndKeepsItsInterrupt() {
        ToyMachine toys = open();
        toys.engines.script(budget(), wfi(), hvc(Toy.OFF));
        ToyMachine.runToEnd(
                toys.begin(spec(1), before(1, new Injection.Hold(CPU0, 7_500)), before(1, new Injection.WakeUp(CPU0))));
        JournalRecord.Slice first = toys.slices().getFirst();
        assertThat(toys.slices().get(1).began())
                .as("the end of the slice before, and 7500 ticks")
                .isEqualTo(first.ended(spec(1).schedule().exitCosts()) + 7_500);
        assertThat(toys.slices())
                .as("the interrupt that came ends the wait at once")
                .hasSize(3);
    }

    @Test
    void aVcpuThatIsHeldForEverIsSeenAsHeldWhenNothingElseRuns() {
        ToyMachine toys = open();
        toys.engines.script(budget(), hvc(Toy.OFF));
        StepMachine machine = toys.begin(spec(1), before(1, new Injection.Hold(CPU0, Injection.Hold.FOREVER)));
        ToyMachine.runToEnd(machine);
        assertThat(machine.outcome()).isEqualTo(new RunOutcome.Deadlock(List.of(VcpuState.STALLED)));
    }

    @Test
    void aVcpuThatWasJustStartedComesOnlineLate() {
        ToyMachine toys = open();
        toys.engines.script(hvc(Toy.POWER_ON, 1, 0), budget(), budget(), budget(), budget(), budget(), budget());
        toys.engines.script(hvc(Toy.OFF));
        ToyMachine.runToEnd(toys.begin(spec(2), before(1, new Injection.Hold(CPU1, 5_000))));
        JournalRecord.Slice call = toys.slices().getFirst();
        assertThat(toys.slices().getLast().vcpu()).isEqualTo(CPU1);
        assertThat(toys.slices().getLast().began())
                .isEqualTo(call.ended(spec(2).schedule().exitCosts()) + 5_000);
    }

    @Test
    void theLongerOfTwoHoldsCounts() {
        for (List<Long> both : List.of(List.of(7_500L, 20L), List.of(20L, 7_500L))) {
            ToyMachine toys = open();
            toys.engines.script(budget(), hvc(Toy.OFF));
            ToyMachine.runToEnd(toys.begin(
                    spec(1),
                    before(1, new Injection.Hold(CPU0, both.getFirst())),
                    before(1, new Injection.Hold(CPU0, both.getLast()))));
            assertThat(toys.slices().get(1).began())
                    .isEqualTo(toys.slices().getFirst().ended(spec(1).schedule().exitCosts()) + 7_500);
        }
    }

    @Test
    void aVcpuThatWaitsOrIsOffIsNotHeld() {
        ToyMachine toys = open();
        toys.engines.script(wfi(), hvc(Toy.OFF));
        StepMachine machine = toys.begin(
                spec(2),
                before(1, new Injection.Hold(CPU1, Injection.Hold.FOREVER)),
                new PlannedInjection(new Injection.Hold(CPU0, Injection.Hold.FOREVER), new Moment.AtTime(5_000)),
                new PlannedInjection(new Injection.WakeUp(CPU0), new Moment.AtTime(9_000)));
        ToyMachine.runToEnd(machine);
        assertThat(machine.outcome()).isEqualTo(new RunOutcome.PoweredOff());
    }

    @Test
    void aChangedRegisterIsSeenAlsoInTheResultOfTheCallBeforeIt() {
        ToyMachine toys = open();
        long[] seen = new long[2];
        toys.engines.script(hvc(Toy.COUNT), registers -> {
            seen[0] = registers[0];
            seen[1] = registers[5];
            return hvc(Toy.OFF).apply(registers);
        });
        ToyMachine.runToEnd(toys.begin(
                spec(1),
                before(1, new Injection.RegisterFlip(CPU0, 0, 0x100)),
                before(1, new Injection.RegisterFlip(CPU0, 5, 1L << 63)),
                before(1, new Injection.RegisterFlip(CPU0, 5, 3))));
        assertThat(seen).containsExactly(0x101, 1L << 63 | 3);
    }

    @Test
    void aRegisterOfAVcpuWithoutPowerDoesNotChange() {
        ToyMachine toys = open();
        toys.engines.script(budget(), hvc(Toy.POWER_ON, 1, 0), budget());
        long[] seen = new long[1];
        toys.engines.script(registers -> {
            seen[0] = registers[7];
            return hvc(Toy.OFF).apply(registers);
        });
        ToyMachine.runToEnd(toys.begin(spec(2), before(1, new Injection.RegisterFlip(CPU1, 7, 1))));
        assertThat(seen).containsExactly(0);
    }

    @Test
    void aChangedByteOfMemoryIsThereAndTranslationsOfItAreDropped() {
        ToyMachine toys = open();
        toys.engines.script(budget(), hvc(Toy.OFF));
        ToyMachine.runToEnd(toys.begin(spec(1), before(1, new Injection.MemoryFlip(FakeEngines.ENTRY + 4, 0xf0))));
        assertThat(toys.parts().memory().read(FakeEngines.ENTRY + 3, 3).toArray())
                .containsExactly(5, 8 ^ 0xf0, 13);
        assertThat(toys.engines.log).anyMatch(line -> line.endsWith("drops 0x40000004+1"));
    }

    @Test
    void anInterruptThatIsLostDoesNotEndAWait() {
        ToyMachine toys = open();
        toys.engines.script(budget(), wfi(), hvc(Toy.OFF));
        StepMachine machine = toys.begin(
                spec(1), before(1, new Injection.WakeUp(CPU0)), before(1, new Injection.LostInterrupt(CPU0, 0)));
        ToyMachine.runToEnd(machine);
        assertThat(machine.outcome()).isEqualTo(new RunOutcome.Deadlock(List.of(VcpuState.SUSPENDED)));
    }

    @Test
    void aMachineThatIsDescribedWithoutFaultsReplaysNone() {
        ToyMachine toys = open();
        toys.engines.script(budget(), hvc(Toy.OFF));
        ToyMachine.runToEnd(toys.begin(spec(1), before(1, new Injection.Hold(CPU0, 9))));
        ToyMachine other = open();
        other.engines.script(budget(), hvc(Toy.OFF));
        StepMachine replay = other.replay(ToyMachine.spec(1), toys.history.records);
        ToyMachine.runToEnd(replay);
        assertThat(replay.outcome())
                .isInstanceOfSatisfying(
                        RunOutcome.Diverged.class,
                        diverged -> assertThat(diverged.report())
                                .contains("the recording has a fault of the machine, which is described without"));
    }

    @Test
    void aMachineThatIsDescribedWithoutDefectsReplaysNone() {
        List<JournalRecord> records = forged(new Injection.Misread(0x900_0018L, new WrongBits(1, 0, 0), 1));
        ToyMachine other = open();
        other.engines.script(budget(), hvc(Toy.OFF));
        StepMachine replay = other.replay(spec(1), records);
        ToyMachine.runToEnd(replay);
        assertThat(replay.outcome())
                .isInstanceOfSatisfying(
                        RunOutcome.Diverged.class,
                        diverged -> assertThat(diverged.report())
                                .contains("a defect of a device of the machine, which is described without defects"));
    }

    /// The records of a run, with another injection in place of the one that there was.
    private List<JournalRecord> forged(Injection forged) {
        ToyMachine toys = open();
        toys.engines.script(budget(), hvc(Toy.OFF));
        ToyMachine.runToEnd(toys.begin(spec(1), before(1, new Injection.Hold(CPU0, 9))));
        List<JournalRecord> records = new ArrayList<>(toys.history.records);
        records.replaceAll(
                record -> record instanceof JournalRecord.Injected ? new JournalRecord.Injected(forged) : record);
        return records;
    }

    @Test
    void aForgedFaultThatTheMachineCannotHaveIsADivergence() {
        for (Injection forged : List.of(
                new Injection.MemoryFlip(0x100, 1),
                new Injection.RegisterFlip(CPU1, 3, 1),
                new Injection.Hold(CPU1, 1),
                new Injection.MemoryFlip(Long.MAX_VALUE, 1),
                new Injection.StuckLine(33, true, 1),
                new Injection.BadDisk(0, Injection.BadDisk.Failure.READ_FAILS, 1),
                new Injection.Misread(0x4000_0000L, new WrongBits(1, 0, 0), 1))) {
            List<JournalRecord> records = forged(forged);
            ToyMachine other = open();
            other.engines.script(budget(), hvc(Toy.OFF));
            MachineSpec spec = spec(1);
            StepMachine replay = other.replay(spec.with(spec.run().withDefects()), records);
            ToyMachine.runToEnd(replay);
            assertThat(replay.outcome()).as("%s", forged).isInstanceOf(RunOutcome.Diverged.class);
        }
    }
}
