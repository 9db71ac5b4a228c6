package dev.trapline.junit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.VcpuState;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// An assertion about how a run failed fails for that failure alone.
class GuestRunAssertTest {

    private static final GuestMemory MEMORY = new GuestMemory() {
        @Override
        public boolean contains(long address, long length) {
            return false;
        }

        @Override
        public Bytes read(long address, int length) {
            return Bytes.EMPTY;
        }
    };

    private static GuestRunAssert run(RunOutcome outcome, String console) {
        return GuestRunAssert.assertThat(new GuestRun(outcome, console, List.of(), List.of(), MEMORY));
    }

    static List<Arguments> failures() {
        return List.of(
                failure(
                        new RunOutcome.GuestFailed(
                                new VcpuId(1),
                                new GuestFault(GuestFault.Kind.UNMAPPED_READ, 0, 0),
                                GeneralRegisters.copyOf(new long[GeneralRegisters.COUNT])),
                        GuestRunAssert::didNotFault,
                        "Expected the guest to do nothing that the machine cannot handle."),
                failure(
                        new RunOutcome.Deadlock(List.of(VcpuState.OFF)),
                        GuestRunAssert::didNotDeadlock,
                        "Expected no deadlock."),
                failure(
                        new RunOutcome.LimitReached(RunOutcome.Limit.INSTRUCTIONS),
                        GuestRunAssert::endedInTime,
                        "Expected the run to end before its limit."),
                failure(
                        new RunOutcome.ServiceFailed("psci", "it is tired", true),
                        GuestRunAssert::noServiceFailed,
                        "Expected no firmware service to fail."));
    }

    private static Arguments failure(RunOutcome outcome, Consumer<GuestRunAssert> assertion, String words) {
        return Arguments.of(outcome, assertion, words);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void anEndThatIsAFailureIsTold(RunOutcome outcome, Consumer<GuestRunAssert> assertion, String words) {
        assertThatThrownBy(() -> assertion.accept(run(outcome, "")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(words);
        for (RunOutcome other : List.of(new RunOutcome.Exited(1), new RunOutcome.PoweredOff())) {
            assertThatCode(() -> assertion.accept(run(other, ""))).doesNotThrowAnyException();
        }
    }

    @Test
    void aPrintedFailureIsTold() {
        RunOutcome ended = new RunOutcome.Exited(0);
        String console = "ok 1 - on\nnot ok 2 - off\n";
        assertThatThrownBy(() -> run(ended, console).printedNoFailure())
                .hasMessageContaining(
                        "Expected the guest to print no failure, and the guest printed \"not ok 2 - off\"");
        run(ended, "ok 1 - on\nnot ok 2 - off # SKIP\n").printedNoFailure();
        assertThatThrownBy(() -> run(ended, console).printedNoLine("o[nf] *$"))
                .hasMessageContaining(
                        "Expected the guest to print no line with o[nf] *$, and the guest printed \"ok 1 - on\"");
        run(ended, console).printedNoLine("^off").printedNoLine("on\\nnot");
    }
}
