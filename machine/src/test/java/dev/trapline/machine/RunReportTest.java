package dev.trapline.machine;

import static dev.trapline.testkit.FakeEngines.budget;
import static dev.trapline.testkit.FakeEngines.hvc;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Digest64;
import dev.trapline.abi.Position;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.history.JournalRecord.Answer;
import dev.trapline.abi.history.JournalRecord.End;
import dev.trapline.abi.history.JournalRecord.FullDigest;
import dev.trapline.abi.history.JournalRecord.MemoryDigest;
import dev.trapline.abi.history.JournalRecord.Slice;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.RunSpec;
import dev.trapline.testkit.FakeEngines;
import dev.trapline.testkit.FakeEngines.Step;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The digests, counts and last calls of a run, as "Determinism" describes them.
class RunReportTest {

    private static final VcpuId CPU0 = new VcpuId(0);
    private static final long UART_DR = 0;

    private final ToyMachine toys = new ToyMachine();

    /// The digest of x0 to x30, SP, PC and PSTATE at the end of each slice of [#kept].
    private final List<Long> digests = new ArrayList<>();

    @AfterEach
    void close() {
        toys.close();
    }

    /// A step with its number in x5, whose registers are digested by the test as well.
    private Step kept(int number, Step then) {
        return registers -> {
            registers[5] = number;
            Exit exit = then.apply(registers);
            digests.add(Digest64.of(registers, GeneralRegisters.COUNT));
            return exit;
        };
    }

    private static long fold(long digest, String printed) {
        long folded = digest;
        for (byte each : printed.getBytes(StandardCharsets.US_ASCII)) {
            folded = Digest64.fold(folded, each);
        }
        return folded;
    }

    @Test
    void aSlicesDigestIsOfItsRegistersBeforeTheAnswerAndOfEachByteThatItPrinted() {
        toys.engines.script(
                kept(1, budget()),
                kept(2, toys.prints("ab", budget())),
                kept(3, hvc(Toy.COUNT)),
                kept(4, toys.prints("c", hvc(Toy.OFF))));
        StepMachine machine = toys.begin(1);
        ToyMachine.runToEnd(machine);
        List<Long> expected =
                List.of(digests.get(0), fold(digests.get(1), "ab"), digests.get(2), fold(digests.get(3), "c"));
        assertThat(toys.slices().stream().map(Slice::digest)).containsExactlyElementsOf(expected);
        long chain = 0;
        for (long each : digests) {
            chain = Digest64.fold(chain, each);
        }
        assertThat(machine.report().registerDigest())
                .as("the chain of the digests of registers alone")
                .isEqualTo(chain);
    }

    @Test
    void theConsolesDigestIsOfAllBytesHoweverTheyWereDividedIntoSlices() {
        toys.engines.script(toys.prints("a", budget()), toys.prints("bcd", budget()), toys.prints("e", hvc(Toy.OFF)));
        StepMachine machine = toys.begin(1);
        ToyMachine.runToEnd(machine);
        assertThat(toys.printed).as("passed on in order").hasToString("abcde");
        assertThat(machine.report().consoleBytes()).isEqualTo(5);
        assertThat(machine.report().consoleDigest()).isEqualTo(fold(0, "abcde"));
        assertThat(toys.history.records)
                .last()
                .as("the end has both, and the time: two slices, an instruction, and the cost of a call")
                .isEqualTo(new End(
                        new RunOutcome.PoweredOff(), 2 * ToyMachine.SLICE + 1 + ToyMachine.CALL, 5, fold(0, "abcde")));
    }

    @Test
    void outputIsPassedOnAtTheEndOfItsSlice() {
        toys.engines.script(toys.prints("a", budget()), budget());
        StepMachine machine = toys.begin(1);
        ToyMachine.run(machine, 1);
        assertThat(toys.printed).hasToString("a");
    }

    @Test
    void allRegistersAreDigestedBehindEverySixtyFourthSliceAndItsAnswer() {
        List<Step> steps = new ArrayList<>(Collections.nCopies(63, budget()));
        steps.add(hvc(Toy.COUNT));
        toys.engines.script(steps.toArray(Step[]::new));
        StepMachine machine = toys.begin(1);
        ToyMachine.run(machine, 63);
        assertThat(toys.records(FullDigest.class)).as("not yet").isEmpty();
        ToyMachine.run(machine, 1);
        assertThat(toys.history.records.subList(63, 66))
                .as("slice, answer, digest")
                .satisfiesExactly(
                        slice -> assertThat(slice).isInstanceOf(Slice.class),
                        answer -> assertThat(answer).isInstanceOf(Answer.class),
                        digest -> assertThat(digest).isEqualTo(new FullDigest(CPU0, FakeEngines.FULL_DIGEST)));
        ToyMachine.run(machine, 64);
        assertThat(toys.history.records).last().isEqualTo(new FullDigest(CPU0, FakeEngines.FULL_DIGEST));
        assertThat(toys.records(FullDigest.class)).as("of 128 slices").hasSize(2);
    }

    private static MachineSpec digested(long interval) {
        return ToyMachine.spec(1).with(RunSpec.DEFAULT.withRamDigestInterval(interval));
    }

    @Test
    void memoryIsDigestedBehindTheFirstSliceThatEndsAtAMultipleOfTheIntervalOrLater() {
        toys.engines.script();
        StepMachine machine = toys.begin(digested(2_500));
        List<Long> times = new ArrayList<>();
        for (int slice = 1; slice <= 11; slice++) {
            int before = toys.records(MemoryDigest.class).size();
            ToyMachine.run(machine, 1);
            if (toys.records(MemoryDigest.class).size() > before) {
                times.add(slice * ToyMachine.SLICE);
            }
        }
        assertThat(times)
                .as("the slices that pass 2 500, 5 000, 7 500 and 10 000 ticks")
                .containsExactly(3_000L, 5_000L, 8_000L, 10_000L);
        assertThat(toys.history.records)
                .filteredOn(MemoryDigest.class::isInstance)
                .containsOnly(new MemoryDigest(toys.parts().memory().digest()));
    }

    @Test
    void memoryIsDigestedAfterAFaultAsWell() {
        toys.engines.script(budget(), _ -> new GuestFault(GuestFault.Kind.UNDEFINED_INSTRUCTION, FakeEngines.ENTRY, 0));
        StepMachine machine = toys.begin(digested(1_001));
        ToyMachine.run(machine, 2);
        assertThat(toys.history.records.stream().skip(2))
                .as("behind the slice of the fault, and before the end")
                .satisfiesExactly(
                        digest -> assertThat(digest).isInstanceOf(MemoryDigest.class),
                        end -> assertThat(end).isInstanceOf(End.class));
    }

    @Test
    void theReportCountsWhatWasExecutedByAllVcpus() {
        toys.engines
                .script(hvc(Toy.POWER_ON, 1), hvc(Toy.COUNT), budget(), hvc(Toy.OFF))
                .script(hvc(Toy.COUNT));
        StepMachine machine = toys.begin(2);
        ToyMachine.runToEnd(machine);
        long call = 1 + ToyMachine.CALL;
        long rest = ToyMachine.SLICE - 2 * call;
        RunReport report = machine.report();
        assertThat(toys.slices().stream().map(Slice::vcpu).map(VcpuId::index))
                .as("cpu1 begins when it is turned on")
                .containsExactly(0, 0, 0, 1, 1, 0);
        assertThat(report.instructions())
                .as("four calls of one instruction, and the rest of the round for both: cpu1 began at tick 1")
                .isEqualTo(4 + rest + (ToyMachine.SLICE - 1 - call));
        assertThat(report.progress()).isEqualTo(new Progress(ToyMachine.SLICE + call, 6, 4));
        assertThat(toys.controls.progress()).as("as other threads see it").isEqualTo(report.progress());
        assertThat(report.position()).isEqualTo(Position.ofSlice(6));
    }

    @Test
    void otherThreadsSeeTheProgressAtEverySlice() {
        toys.engines.script(
                hvc(Toy.COUNT), ToyMachine.doing(() -> toys.console().read(UART_DR, 1), budget()), budget());
        MachineSpec spec = ToyMachine.spec(1).with(ToyMachine.spec(1).board().withInputInterval(0));
        StepMachine machine = toys.begin(spec, toys.choices(spec, "x"), toys.history);
        ToyMachine.run(machine, 1);
        assertThat(toys.controls.progress()).isEqualTo(new Progress(1 + ToyMachine.CALL, 1, 1));
        assertThat(toys.controls.isConsoleRead()).as("typed, and not read").isFalse();
        ToyMachine.run(machine, 1);
        assertThat(toys.controls.progress()).isEqualTo(new Progress(ToyMachine.SLICE, 2, 1));
        assertThat(toys.controls.isConsoleRead()).isTrue();
    }

    @Test
    void theReportShowsTheLastEightCallsWithTheirNumbers() {
        List<Step> calls = new ArrayList<>();
        IntStream.rangeClosed(1, 9).forEach(n -> calls.add(hvc(Toy.COUNT, n, 0, 0)));
        calls.add(hvc(Toy.OFF, 10, 0, 0));
        toys.engines.script(calls.toArray(Step[]::new));
        StepMachine machine = toys.begin(1);
        ToyMachine.runToEnd(machine);
        List<String> expected = new ArrayList<>();
        for (int n = 3; n <= 9; n++) {
            expected.add("hypercall#" + n + " vcpu0 HVC 0xC6000000(x1=0x" + n + ", x2=0x0, x3=0x0) = 0x" + n
                    + " [toy, forwarded]");
        }
        expected.add("hypercall#10 vcpu0 HVC 0xC6000006(x1=0xa, x2=0x0, x3=0x0) = 0xa [toy, forwarded] system off");
        assertThat(machine.report().lastHypercalls()).isEqualTo(expected);
    }
}
