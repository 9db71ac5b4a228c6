package dev.trapline.machine;

import static dev.trapline.testkit.FakeEngines.after;
import static dev.trapline.testkit.FakeEngines.hvc;
import static dev.trapline.testkit.FakeEngines.wfi;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.MachineEvent;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.JournalRecord.Slice;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.ExitCosts;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.abi.machine.ScheduleSpec;
import dev.trapline.board.Board;
import dev.trapline.machine.choice.OperatorChoices;
import dev.trapline.testkit.FakeEngines;
import dev.trapline.testkit.FakeEngines.Step;
import dev.trapline.testkit.KeptHistory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Virtual time passes as if the vCPUs ran in parallel.
class RoundsTest {

    private static final long QUANTUM = 20_000;
    private static final long CALL = 100;
    private static final VcpuId CPU1 = new VcpuId(1);

    /// A twentieth of a second of virtual time.
    private static final long WHILE = MachineSpec.TICKS_PER_SECOND / 20;

    private final FakeEngines engines = new FakeEngines();
    private final KeptHistory history = new KeptHistory();
    private final Toy toy = new Toy();
    private final List<Runnable> closing = new ArrayList<>();

    @AfterEach
    void close() {
        closing.reversed().forEach(Runnable::run);
    }

    private StepMachine machine(int vcpus, Schedule schedule, long seed, PlannedInjection... planned) {
        return machine(vcpus, schedule, seed, Board.Fitting.NONE, planned);
    }

    private StepMachine machine(
            int vcpus, Schedule schedule, long seed, Board.Fitting fitting, PlannedInjection... planned) {
        MachineSpec spec = MachineSpec.DEFAULT
                .with(CpuSpec.DEFAULT.withCount(vcpus))
                .with(BoardSpec.DEFAULT.withRam(BoardSpec.MIN_RAM))
                .with(new ScheduleSpec(schedule, seed, QUANTUM, new ExitCosts(CALL, 0, 0)));
        Image image = new Image(Image.Kind.RAW, "nothing.bin", FakeEngines.ENTRY, Bytes.copyOf(new byte[64]));
        MachineParts parts = new MachineAssembly(engines, spec, List.of(image), List.of(toy), fitting, null)
                .assemble(
                        OperatorChoices.planned(spec, Bytes.EMPTY, List.of(planned)),
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

    /// A script that turns all other vCPUs on; each of them plays the script of its number.
    private static Step[] startAll(int vcpus, Step... then) {
        List<Step> steps = new ArrayList<>();
        LongStream.range(1, vcpus).forEach(vcpu -> steps.add(hvc(Toy.POWER_ON, vcpu)));
        steps.addAll(Arrays.asList(then));
        return steps.toArray(Step[]::new);
    }

    private static void runTo(StepMachine machine, long time) {
        while (machine.now() < time && machine.outcome() == null) {
            machine.runSlice();
        }
    }

    private List<Slice> slices(VcpuId vcpu) {
        return history.records.stream()
                .filter(record -> record instanceof Slice slice && slice.vcpu().equals(vcpu))
                .map(Slice.class::cast)
                .toList();
    }

    private long executed(VcpuId vcpu) {
        return slices(vcpu).stream().mapToLong(Slice::executed).sum();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 16, 64})
    void eachOfSoManyBusyVcpusDoesAllTheWorkThatOneDoes(int vcpus) {
        engines.script(startAll(vcpus));
        for (int vcpu = 1; vcpu < vcpus; vcpu++) {
            engines.script();
        }
        runTo(machine(vcpus, Schedule.ROUND_ROBIN, 0), WHILE);
        for (int vcpu = 0; vcpu < vcpus; vcpu++) {
            assertThat(executed(new VcpuId(vcpu)))
                    .as("instructions of vCPU %d: a tick each", vcpu)
                    .isCloseTo(WHILE, Percentage.withPercentage(2));
        }
    }

    @Test
    void itIsAsLateAsTheSliceThatComesNextBegins() {
        engines.script(startAll(2, after(5_000, hvc(Toy.COUNT)))).script(after(700, hvc(Toy.COUNT)));
        StepMachine machine = machine(2, Schedule.ROUND_ROBIN, 0);
        List<Long> seen = new ArrayList<>();
        while (machine.slices() < 8) {
            seen.add(machine.now());
            machine.runSlice();
        }
        assertThat(seen)
                .as("a position's time is that of its slice, not of the vCPU that is furthest ahead")
                .containsExactlyElementsOf(history.records.stream()
                        .filter(Slice.class::isInstance)
                        .map(record -> ((Slice) record).began())
                        .toList())
                .as("it goes back where vCPU 1 has its turn")
                .isNotEqualTo(seen.stream().sorted().toList());
    }

    @Test
    void aVcpuThatMakesManyCallsLosesNothingButWhatTheyCost() {
        Step call = after(99, hvc(Toy.COUNT));
        engines.script(startAll(2, Collections.nCopies(20_000, call).toArray(Step[]::new)))
                .script();
        runTo(machine(2, Schedule.ROUND_ROBIN, 0), WHILE);
        assertThat(executed(new VcpuId(0)))
                .as("a hundred instructions, then a call that costs as much")
                .isCloseTo(WHILE / 2, Percentage.withPercentage(2));
        assertThat(executed(CPU1)).as("the other one").isCloseTo(WHILE, Percentage.withPercentage(2));
    }

    @ParameterizedTest
    @CsvSource({
        "1, ROUND_ROBIN, 0",
        "2, ROUND_ROBIN, 0",
        "16, ROUND_ROBIN, 0",
        "64, ROUND_ROBIN, 0",
        "2, RANDOM, 1",
        "4, RANDOM, 2",
        "16, RANDOM, 3",
        "16, RANDOM, 4"
    })
    void aTimerEndsAWaitAtItsDeadlineWhateverTheOthersDo(int vcpus, Schedule schedule, long seed) {
        engines.script(startAll(
                vcpus,
                engines.timer(71_234, hvc(Toy.STANDBY)),
                engines.timer(433_333, hvc(Toy.STANDBY)),
                engines.timer(433_334 + CALL + QUANTUM, hvc(Toy.STANDBY))));
        for (int vcpu = 1; vcpu < vcpus; vcpu++) {
            engines.script();
        }
        runTo(machine(vcpus, schedule, seed), 600_000);
        assertThat(toy.events)
                .filteredOn(MachineEvent.Woken.class::isInstance)
                .extracting(event -> ((MachineEvent.Woken) event).time())
                .containsExactly(71_234L, 433_333L, 433_334 + CALL + QUANTUM);
    }

    @ParameterizedTest
    @CsvSource({"1, ROUND_ROBIN, 0", "2, ROUND_ROBIN, 0", "16, ROUND_ROBIN, 0", "2, RANDOM, 1", "16, RANDOM, 3"})
    void aDeviceMeetsItsDeadlinesAndItsLineEndsAWaitAtThatTimeWhateverTheOthersDo(
            int vcpus, Schedule schedule, long seed) {
        engines.script(startAll(vcpus, hvc(Toy.STANDBY), after(9, hvc(Toy.STANDBY)), after(9, hvc(Toy.STANDBY))));
        for (int vcpu = 1; vcpu < vcpus; vcpu++) {
            engines.script();
        }
        Bell bell = new Bell(71_234, 433_333, 433_334 + CALL + QUANTUM);
        runTo(
                machine(
                        vcpus,
                        schedule,
                        seed,
                        board -> board.device(0x0a00_0000, bell).wake(new VcpuId(0), bell.line)),
                600_000);
        assertThat(bell.rang).as("when the device was notified").containsExactly(71_234L, 433_333L, 453_434L);
        assertThat(toy.events)
                .filteredOn(MachineEvent.Woken.class::isInstance)
                .extracting(event -> ((MachineEvent.Woken) event).time())
                .containsExactly(71_234L, 433_333L, 453_434L);
        assertThat(history.records)
                .filteredOn(JournalRecord.Round.class::isInstance)
                .as("if a vCPU runs, a round that a device ends follows from the earlier history")
                .hasSize(vcpus == 1 ? 3 : 0);
    }

    @Test
    void whatIsPlannedForATimeComesAtThatTimeInTheMiddleOfARound() {
        engines.script(startAll(2, wfi())).script();
        PlannedInjection planned =
                new PlannedInjection(new Injection.WakeUp(new VcpuId(0)), new Moment.AtTime(3 * QUANTUM + 4_321));
        runTo(machine(2, Schedule.ROUND_ROBIN, 0, planned), 6 * QUANTUM);
        assertThat(slices(new VcpuId(0)))
                .as("CPU_ON, the wait, and what follows the interrupt")
                .extracting(Slice::began)
                .startsWith(0L, 1 + CALL, 3 * QUANTUM + 4_321);
        assertThat(history.records)
                .filteredOn(JournalRecord.Round.class::isInstance)
                .as("the round that it cuts short does not follow from the history, so it is recorded")
                .containsExactly(new JournalRecord.Round(3 * QUANTUM, 3 * QUANTUM + 4_321));
    }

    @Test
    void aVcpuThatAnotherStartsOrWakesContinuesAtThatTimeAndNotBefore() {
        engines.script(after(4_999, hvc(Toy.POWER_ON, 1)), after(22_999, hvc(Toy.WAKE, 1)))
                .script(wfi());
        runTo(machine(2, Schedule.ROUND_ROBIN, 0), 3 * QUANTUM);
        assertThat(slices(CPU1))
                .as("CPU_ON after 5 000 instructions; a call's cost and 23 000 instructions later it is woken")
                .extracting(Slice::began)
                .startsWith(5_000L, 28_000 + 2 * CALL);
    }

    @ParameterizedTest
    @EnumSource
    void noServiceSeesTimeStepBackFromOneCallToTheNext(Schedule schedule) {
        Step[] calls = {after(700, hvc(Toy.COUNT)), after(3_000, hvc(Toy.COUNT)), after(9_000, hvc(Toy.COUNT))};
        engines.script(startAll(4, calls)).script(calls).script(calls).script(calls);
        runTo(machine(4, schedule, 6), 20 * QUANTUM);
        assertThat(toy.times)
                .as("the time in a service's answer must not be less than a time that another vCPU has read")
                .hasSize(15)
                .isSorted();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void nobodyGetsFurtherAheadOfOneThatRunsThanARoundIsLong(long seed) {
        int vcpus = 5;
        engines.script(startAll(vcpus));
        for (int vcpu = 1; vcpu < vcpus; vcpu++) {
            engines.script();
        }
        runTo(machine(vcpus, Schedule.RANDOM, seed), WHILE);
        List<Slice> all = history.records.stream()
                .filter(Slice.class::isInstance)
                .map(Slice.class::cast)
                .toList();
        long furthest = 0;
        for (Slice slice : all) {
            assertThat(furthest - slice.began()).as("ticks ahead of %s", slice).isLessThanOrEqualTo(QUANTUM);
            furthest = Math.max(furthest, slice.began() + slice.executed());
        }
        assertThat(all.stream().map(Slice::vcpu).distinct()).hasSize(vcpus);
        assertThat(all)
                .as("turns of the random schedule are of all lengths")
                .anyMatch(slice -> slice.budget() < 100)
                .anyMatch(slice -> slice.budget() > QUANTUM / 2);
    }

    @ParameterizedTest
    @EnumSource
    void theRandomSchedulePassesVcpusOverAndRoundRobinNever(Schedule schedule) {
        engines.script(startAll(2)).script();
        runTo(machine(2, schedule, 3), WHILE);
        long without = 2 * WHILE - executed(new VcpuId(0)) - executed(CPU1);
        switch (schedule) {
            case ROUND_ROBIN ->
                assertThat(without)
                        .as("ticks without a turn, except the last round and a call")
                        .isLessThanOrEqualTo(QUANTUM + CALL + 1);
            case RANDOM -> assertThat(without).as("ticks without a turn").isGreaterThan(WHILE / 100);
        }
    }
}
