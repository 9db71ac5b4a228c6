package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static dev.trapline.launcher.CommandProcess.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.ShellText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The exit status and output of the real process.
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
        assertThat(ended.err()).as("there is no status line without a terminal").doesNotContain("\033", "\r");
    }

    @Test
    void aGuestsOwnStatusIsPassedOnAndTheResultFileSaysWhoseItIs() throws IOException {
        Path result = directory.resolve("result.json");
        Ended ended = run("run", "--result", result.toString(), guest("exit-42"));
        assertThat(ended.status()).isEqualTo(42);
        assertThat(ended.lastLine())
                .isEqualTo("trapline: exit 42, exited: the guest ended the run with its own status 42");
        assertThat(Files.readString(result))
                .startsWith(
                        "{\"schema\":{\"name\":\"trapline.result\",\"version\":0},\"status\":42,\"kind\":\"exited\",")
                .contains("\"guestStatus\":\"0x2a\"");
    }

    @ParameterizedTest
    @CsvSource({"0x84000015, 0", "0xc4000015, 1"})
    void hibernationIsDistinguishedFromPowerOff(String function, long type) throws IOException {
        Path result = directory.resolve("result.json");
        Ended ended = runCall(result, directory.resolve("rec"), Long.decode(function), type, 0);
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.lastLine())
                .isEqualTo("trapline: exit 0, hibernated: the guest turned its machine off to hibernate (SYSTEM_OFF2)");
        assertThat(Files.readString(result))
                .contains("\"status\":0,\"kind\":\"hibernated\",", "\"outcome\":{\"kind\":\"hibernated\"}");
        assertThat(run("trace", directory.resolve("rec").toString()).out()).contains("system off to hibernate");
        assertReplays(directory.resolve("rec").toString(), "");
    }

    @ParameterizedTest(name = "{3}")
    @CsvSource({
        "0xc4000012, 0, 0x123456789abcdef0, 'warm reset (SYSTEM_RESET2 type 0x0, cookie 0x123456789abcdef0)',"
                + " '\"kind\":\"warm\",\"vendor\":false,\"type\":\"0x0\",\"cookie\":\"0x123456789abcdef0\"'",
        "0x84000012, 0x80000001, 0x123456789abcdef0,"
                + " 'vendor-defined system reset (SYSTEM_RESET2 type 0x80000001, cookie 0x9abcdef0)',"
                + " '\"kind\":\"cold\",\"vendor\":true,\"type\":\"0x80000001\",\"cookie\":\"0x9abcdef0\"'"
    })
    void aResetIsReportedWithWhatTheGuestGave(String function, String type, String cookie, String text, String json)
            throws IOException {
        Path result = directory.resolve("result.json");
        Path recording = directory.resolve("rec");
        Ended ended = runCall(result, recording, Long.decode(function), Long.decode(type), Long.decode(cookie));
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.lastLine())
                .isEqualTo("trapline: exit 0, reset-requested: the guest asked for a " + text
                        + ", and the machine does not reboot");
        assertThat(Files.readString(result))
                .as("the result has the guest's arguments")
                .contains("\"reset\":{\"function\":\"PSCI_SYSTEM_RESET2\"," + json + "}");
        assertThat(run("trace", recording.toString()).out())
                .as("and so does the trace")
                .contains(text);
        assertReplays(recording.toString(), "");
    }

    @Test
    void aPlainResetIsAsItWas() throws IOException {
        Path result = directory.resolve("result.json");
        Ended ended = runCall(result, directory.resolve("rec"), 0x8400_0009L, 0, 0);
        assertThat(ended.lastLine())
                .isEqualTo("trapline: exit 0, reset-requested: the guest asked for a reset, and the machine does not"
                        + " reboot");
        assertThat(Files.readString(result))
                .contains("\"reset\":{\"function\":\"PSCI_SYSTEM_RESET\",\"kind\":\"cold\"}");
    }

    /// Runs a guest that makes one call by HVC, on a machine that does not reboot.
    private Ended runCall(Path result, Path recording, long... arguments) throws IOException {
        List<Integer> words = new ArrayList<>();
        for (int n = 0; n < arguments.length; n++) {
            for (int part = 0; part < 4; part++) {
                // MOVZ (part 0) and MOVK x<n>, #imm16, LSL #(16 * part)
                int imm = (int) (arguments[n] >>> (16 * part)) & 0xffff;
                words.add((part == 0 ? 0xd280_0000 : 0xf280_0000) | part << 21 | imm << 5 | n);
            }
        }
        words.add(0xd400_0002); // HVC #0
        ByteBuffer code = ByteBuffer.allocate(4 * words.size()).order(ByteOrder.LITTLE_ENDIAN);
        words.forEach(code::putInt);
        Path image = Files.write(directory.resolve("call.bin"), code.array());
        return run(
                "run",
                "--load-address",
                "0x40080000",
                "--no-reboot",
                "--set",
                "firmware.services.psci.vendor-resets=\"0x80000001=cold\"",
                "--result",
                result.toString(),
                "--record",
                recording.toString(),
                image.toString());
    }

    @Test
    void theReportOfAFaultOnTheBoardBareSaysWhereExceptionsAreTaken() {
        Ended ended = run("run", "--board", "bare", guest("fault-brk"));
        assertThat(ended.status()).isEqualTo(Ending.GUEST_FAILED);
        assertThat(ended.err()).contains("--board virt").doesNotContain("VBAR_EL1");
    }

    @Test
    void aGuestThatFailsIsShownWithWhereAndWhat() {
        Ended ended = run("run", guest("fault-write"));
        assertThat(ended.status()).isEqualTo(Ending.GUEST_FAILED);
        assertThat(ended.err())
                .contains("write to unmapped memory on vcpu0")
                .containsPattern("PC +0x[0-9a-f]+ <fault(\\+0x[0-9a-f]+)?>")
                .containsPattern("address +0xd000010")
                .containsPattern("instruction +f9000001 +str x1, \\[x0\\]")
                .contains("PSCI_VERSION()")
                .contains("no code can be fetched at its vector (VBAR_EL1)");
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
        assertThat(ShellText.quoted(Path.of("a/rec-1.x"))).isEqualTo("a/rec-1.x");
        assertThat(ShellText.quoted(Path.of("my rec"))).isEqualTo("'my rec'");
        assertThat(ShellText.quoted(Path.of("it's"))).isEqualTo("'it'\\''s'");
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

    // A signal asks the run to end even before the recording exists.
    private static void awaitManifest(Path recording) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Files.exists(recording.resolve("manifest")) && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }
}
