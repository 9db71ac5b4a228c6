package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static dev.trapline.launcher.CommandProcess.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.launcher.CommandProcess.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How the real process ends, seen from outside.
class ExitStatusTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void aGuestThatTurnsItsMachineOffEndsWithZeroAndHasStandardOutputForItself() {
        Ended ended = run("run", "--cpus", "4", guest("smp-hello"));
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.out())
                .as("standard output is the guest's console and nothing else")
                .startsWith("4 vCPUs\n")
                .endsWith("4 greetings, and everybody else is off\n");
        assertThat(ended.lastLine()).isEqualTo("trapline: exit 0, powered-off: the guest turned its machine off");
        assertThat(ended.err())
                .as("there is no status line where there is no terminal")
                .doesNotContain("\033", "\r");
    }

    @Test
    void aGuestsOwnStatusIsPassedOnAndTheResultFileSaysWhoseItIs() throws IOException {
        Path result = directory.resolve("result.json");
        Ended ended = run("run", "--result", result.toString(), guest("exit-42"));
        assertThat(ended.status()).isEqualTo(42);
        assertThat(ended.lastLine())
                .isEqualTo("trapline: exit 42, exited: the guest ended the run with its own status 42");
        assertThat(Files.readString(result))
                .startsWith("{\"status\":42,\"kind\":\"exited\",")
                .contains("\"guestStatus\":\"0x2a\"");
    }

    @Test
    void aGuestThatFailsIsShownWithWhereAndWhat() {
        Ended ended = run("run", guest("fault-write"));
        assertThat(ended.status()).isEqualTo(Ending.GUEST_FAILED);
        assertThat(ended.err())
                .contains("write to unmapped memory on vcpu0")
                .containsPattern("PC +0x[0-9a-f]+ <fault(\\+0x[0-9a-f]+)?>")
                .containsPattern("address +0x8000010")
                .containsPattern("instruction +f9000001 +str x1, \\[x0\\]")
                .contains("PSCI_VERSION()")
                .contains("Trapline does not take exceptions to the guest's vectors today");
        assertThat(ended.lastLine()).startsWith("trapline: exit 3, guest-failed: write to unmapped memory on vcpu0");
    }

    @Test
    void aSupervisorCallIsShownItselfAndNotWhatStandsBehindIt() {
        Ended ended = run("run", guest("fault-svc"));
        assertThat(ended.status()).isEqualTo(Ending.GUEST_FAILED);
        assertThat(ended.err())
                .as("SVC #0x2a is d4000001 | 0x2a << 5")
                .containsPattern("instruction +d4000541 +svc #0x2a");
    }

    @Test
    void aGuestThatNeverEndsIsStoppedByALimitOfInstructions() {
        Ended ended = run("run", "--max-instructions", "1_000_000", guest("spin"));
        assertThat(ended.status()).isEqualTo(Ending.LIMIT);
        assertThat(ended.lastLine()).contains("exit 5, limit: ", "--max-instructions");
    }

    @Test
    void aGuestThatNeverEndsIsStoppedByTheClockAndItsRecordingReplays() {
        String recording = directory.resolve("rec").toString();
        Ended ended = run("run", "--timeout", "300ms", "--record", recording, guest("spin"));
        assertThat(ended.status()).isEqualTo(Ending.LIMIT);
        assertThat(ended.lastLine()).contains("exit 5, limit: ", "--timeout");
        assertReplays(recording, ended.out());
    }

    @Test
    void theCommandThatIsSaidToReplayIsOneThatAShellTakes() {
        assertThat(RunSummary.quoted(Path.of("a/rec-1.x"))).isEqualTo("a/rec-1.x");
        assertThat(RunSummary.quoted(Path.of("my rec"))).isEqualTo("'my rec'");
        assertThat(RunSummary.quoted(Path.of("it's"))).isEqualTo("'it'\\''s'");
    }

    @Test
    void whenNobodyCanRunEachCpuIsNamedWithItsState() {
        Ended ended = run("run", "--cpus", "2", guest("wfi-all"));
        assertThat(ended.status()).isEqualTo(Ending.DEADLOCK);
        assertThat(ended.err()).contains("vcpu0 waiting for an interrupt", "vcpu1 ");
        assertThat(ended.lastLine()).startsWith("trapline: exit 6, deadlock: ");
    }

    @Test
    void ctrlCEndsTheRunBetweenTwoSlicesAndItsRecordingReplays() throws InterruptedException {
        Path recording = directory.resolve("rec");
        CommandProcess process = CommandProcess.start("run", "--record", recording.toString(), guest("spin"));
        awaitManifest(recording);
        process.signal("INT");
        Ended ended = process.await();
        assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.INTERRUPTED);
        assertThat(ended.lastLine()).isEqualTo("trapline: exit 130, interrupted: the run was interrupted");
        assertReplays(recording.toString(), ended.out());
    }

    @Test
    void terminationIsTakenAsCtrlCIs() throws InterruptedException {
        Path recording = directory.resolve("rec");
        CommandProcess process = CommandProcess.start("run", "--record", recording.toString(), guest("spin"));
        awaitManifest(recording);
        process.signal("TERM");
        assertThat(process.await().status()).isEqualTo(Ending.INTERRUPTED);
    }

    @Test
    void standardInputIsWhatIsTypedAtTheConsole() {
        CommandProcess process = CommandProcess.start("run", guest("echo"));
        process.type("abc\nq");
        Ended ended = process.await();
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.out()).isEqualTo("type; q ends\nabc\n\nbye\n");
    }

    @Test
    void aFileIsTypedInsteadOfStandardInput() throws IOException {
        Path typed = Files.writeString(directory.resolve("typed"), "xyzq");
        CommandProcess process = CommandProcess.start("run", "--input", typed.toString(), guest("echo"));
        process.type("q");
        assertThat(process.await().out()).isEqualTo("type; q ends\nxyz\nbye\n");
    }

    private static void assertReplays(String recording, String console) {
        Ended replayed = run("replay", recording);
        assertThat(replayed.status()).as(replayed.err()).isZero();
        assertThat(replayed.out()).as("the same console").isEqualTo(console);
        assertThat(replayed.err()).containsPattern("replayed [0-9,]+ slices?, [0-9,]+ hypercalls?, no divergence");
    }

    // From before there is a recording, a signal asks the run to end.
    private static void awaitManifest(Path recording) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Files.exists(recording.resolve("manifest")) && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }
}
