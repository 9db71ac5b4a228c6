package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.VcpuState;
import dev.trapline.machine.RunReport.OpenHandler;
import dev.trapline.testkit.Guests;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Incorrect handlers of SDEI events: the guest gets the documented error, or the run ends with the reason, and
/// replays.
@Tag("native")
class SdeiBadHandlerTest {

    private static final long LIMIT = 1_000_000;
    private static final long UNMAPPED = 0x7000_0000;

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void aHandlerThatNeverCompletesRunsIntoTheLimitAndIsNamed() throws IOException {
        Finished finished = run("never");

        assertThat(finished.report().outcome())
                .as("a loop that never ends is ended by the limit")
                .isEqualTo(new RunOutcome.LimitReached(RunOutcome.Limit.INSTRUCTIONS));
        assertThatEventZeroIsOpen(finished);
    }

    @Test
    void aHandlerThatWaitsForEverIsADeadlockAndIsNamed() throws IOException {
        Finished finished = run("sleeps");

        assertThat(finished.report().outcome())
                .as("nothing can wake the only vCPU")
                .isEqualTo(new RunOutcome.Deadlock(List.of(VcpuState.SUSPENDED)));
        assertThatEventZeroIsOpen(finished);
    }

    @Test
    void aHandlerThatIsNotMappedFailsAtItsEntryWithTheEventInX0() throws IOException {
        Finished finished = run("unmapped");

        assertThat(finished.report().outcome()).isInstanceOfSatisfying(RunOutcome.GuestFailed.class, failed -> {
            assertThat(failed.vcpu()).as("the vCPU of the handler").isEqualTo(VcpuId.BOOT);
            assertThat(failed.fault().kind()).as("the fetch fails").isEqualTo(GuestFault.Kind.UNMAPPED_FETCH);
            assertThat(failed.registers().pc()).as("at the entry point").isEqualTo(UNMAPPED);
            assertThat(failed.registers().x(0)).as("of event 0").isZero();
        });
        assertThatEventZeroIsOpen(finished);
        assertThat(finished.report().lastHypercalls())
                .as("the last call has the delivered event and the entry point")
                .last()
                .asString()
                .contains("event 0 delivered to vcpu0 at 0x70000000");
    }

    @Test
    void aHandlerThatUnregistersItselfIsPendingAndCompletesOnceAndForTheLastTime() throws IOException {
        Finished finished = run("unregisters");

        assertThat(finished.console())
                .as("PENDING in the handler; then DENIED to complete twice, and INVALID_PARAMETERS to signal again")
                .isEqualTo("""
                    SIGNAL 0000000000000000, COMPLETE again fffffffffffffffd
                    SIGNAL again fffffffffffffffe, UNREGISTER in the handler fffffffffffffffb
                    """);
        assertThat(finished.report().outcome()).as(finished.console()).isEqualTo(new RunOutcome.Exited(0));
        assertThat(finished.report().openHandlers()).as("it completed").isEmpty();
    }

    private static void assertThatEventZeroIsOpen(Finished finished) {
        assertThat(finished.report().openHandlers())
                .as("the report names the handler that did not complete")
                .containsExactly(new OpenHandler(VcpuId.BOOT, 0));
    }

    private Finished run(String kind) throws IOException {
        Path recording = directory.resolve(kind);
        Finished finished = RUNS.record(
                Specs.withVcpus(1).limit(LIMIT).spec(), Guests.image("sdei-bad-" + kind + ".elf"), "", recording);
        MachineRuns.assertEqual(RUNS.replay(recording), finished, kind + ", replayed");
        assertThat(RUNS.replay(recording).report().openHandlers())
                .as("a replay names the same")
                .isEqualTo(finished.report().openHandlers());
        return finished;
    }
}
