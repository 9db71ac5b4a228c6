package dev.trapline.machine;

import static dev.trapline.testkit.FakeEngines.budget;
import static dev.trapline.testkit.FakeEngines.hvc;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Position;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.JournalRecord.Answer;
import dev.trapline.abi.history.JournalRecord.Slice;
import dev.trapline.abi.history.JournalRecord.Stop;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.RunSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What ends a run from outside the guest: the limit on instructions, the limit on host time, and a request.
class LimitsTest {

    private static final RunOutcome INSTRUCTIONS = new RunOutcome.LimitReached(RunOutcome.Limit.INSTRUCTIONS);

    private final ToyMachine toys = new ToyMachine();

    @AfterEach
    void close() {
        toys.close();
    }

    private static MachineSpec limited(int vcpus, long instructions) {
        return ToyMachine.spec(vcpus).with(RunSpec.DEFAULT.withMaxInstructions(instructions));
    }

    @Test
    void theLastSliceHasOnlyTheInstructionsThatAreLeft() {
        toys.engines.script(budget(), budget(), budget(), budget());
        StepMachine machine = toys.begin(limited(1, 2 * ToyMachine.SLICE + 500));
        ToyMachine.run(machine, 2);
        assertThat(machine.outcome()).as("500 instructions are left").isNull();
        assertThat(machine.budget()).as("the last slice").isEqualTo(500);
        ToyMachine.run(machine, 1);
        assertThat(machine.outcome()).isEqualTo(INSTRUCTIONS);
        assertThat(machine.report().instructions()).as("exactly the limit").isEqualTo(2_500);
        assertThat(machine.report().position()).isEqualTo(Position.ofSlice(3));
        assertThat(toys.history.records)
                .last()
                .as("one tick for each instruction, and no output")
                .isEqualTo(new JournalRecord.End(INSTRUCTIONS, 2_500, 0, 0));
    }

    @Test
    void theInstructionsOfAllVcpusCount() {
        toys.engines.script(hvc(Toy.POWER_ON, 1)).script();
        StepMachine machine = toys.begin(limited(2, 2_000));
        ToyMachine.runToEnd(machine);
        long rest = ToyMachine.SLICE - 1 - ToyMachine.CALL;
        long fromTheCall = ToyMachine.SLICE - 1;
        assertThat(toys.slices().stream().map(Slice::executed))
                .as("one to turn cpu1 on, which begins at the time of the call; the rest of the round for both; "
                        + "what is left of the limit")
                .containsExactly(1L, rest, fromTheCall, 2_000 - 1 - rest - fromTheCall);
        assertThat(machine.outcome()).isEqualTo(INSTRUCTIONS);
    }

    @Test
    void aCallThatReachesTheLimitIsStillAnswered() {
        toys.engines.script(hvc(Toy.COUNT), budget());
        StepMachine machine = toys.begin(limited(1, 1));
        ToyMachine.run(machine, 1);
        assertThat(machine.outcome()).isEqualTo(INSTRUCTIONS);
        assertThat(toys.records(Answer.class)).hasSize(1);
        assertThat(machine.report().progress().hypercalls()).isEqualTo(1);
    }

    @Test
    void withoutALimitARunContinues() {
        toys.engines.script();
        StepMachine machine = toys.begin(limited(1, 0));
        ToyMachine.run(machine, 5);
        assertThat(machine.outcome()).isNull();
        assertThat(machine.budget()).as("a whole slice").isEqualTo(ToyMachine.SLICE);
    }

    @ParameterizedTest
    @EnumSource
    void aRequestToStopIsRecordedAndEndsTheRunBetweenTwoSlices(Stop.Reason reason) {
        toys.engines.script(ToyMachine.doing(() -> toys.requests.askToStop(reason), budget()), budget());
        StepMachine machine = toys.begin(1);
        ToyMachine.run(machine, 1);
        RunOutcome expected = switch (reason) {
            case INTERRUPTED -> new RunOutcome.Interrupted();
            case TIMEOUT -> new RunOutcome.LimitReached(RunOutcome.Limit.TIMEOUT);
            case SCRIPT -> new RunOutcome.LimitReached(RunOutcome.Limit.SCRIPT);
        };
        assertThat(machine.outcome()).isEqualTo(expected);
        assertThat(toys.slices())
                .singleElement()
                .satisfies(slice -> assertThat(slice.executed())
                        .as("the slice in which it was requested is whole")
                        .isEqualTo(ToyMachine.SLICE));
        assertThat(toys.history.records.subList(1, 3))
                .containsExactly(new Stop(reason), new JournalRecord.End(expected, ToyMachine.SLICE, 0, 0));
    }
}
