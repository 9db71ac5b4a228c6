package dev.trapline.vcpu;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.ConsoleKind;
import dev.trapline.abi.machine.ConsoleScript;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.testkit.LinuxGuest;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The console of an unmodified Linux as people use it: a login, a line that is edited, Ctrl-C, and a terminal that
/// changes its size.
@Tag("native")
class LinuxLoginTest {

    /// Ticks of virtual time.
    private static final long SECOND = 62_500_000;

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    @TempDir
    private Path directory;

    private static ConsoleScript.Expect expect(int line, String text) {
        return new ConsoleScript.Expect(line, Bytes.copyOf(text.getBytes(US_ASCII)), 120 * SECOND);
    }

    private static ConsoleScript.Keys type(int line, String text) {
        return new ConsoleScript.Keys(line, Bytes.copyOf(text.getBytes(US_ASCII)));
    }

    /// Steps that alternate: what the guest prints, and what is typed a second later, when the program that printed
    /// it reads.
    private static ConsoleScript session(String... texts) {
        List<ConsoleScript.Step> steps = new ArrayList<>();
        for (int k = 0; k < texts.length; k += 2) {
            steps.add(expect(k + 1, texts[k]));
            steps.add(new ConsoleScript.Pause(k + 2, SECOND));
            steps.add(type(k + 2, texts[k + 1]));
        }
        return new ConsoleScript(steps);
    }

    /// BusyBox's shell edits its line by the sequences of a VT100: four times cursor left, and Ctrl-U clears it.
    @Test
    void aUserLogsInEditsALineAndInterruptsAProgram() throws IOException {
        var images = LinuxGuest.images("""
            mkdir -p /etc /root
            echo 'root::0:0:root:/root:/bin/sh' > /etc/passwd
            hostname box
            setsid getty -L 115200 ttyAMA0 vt100
            exec > /dev/console 2>&1
            """);
        ConsoleScript script = session(
                "box login: ", "root\r",
                "/root # ", "forgotten\u0015echo hllo\u001b[D\u001b[D\u001b[De\r",
                "\nhello\r\n/root # ", "sleep 10000\r",
                "sleep 10000\r\n", "\u0003",
                "/root # ", "echo $?; tty\r",
                "130\r\n/dev/ttyAMA0\r\n/root # ", "exit\r");
        Path recording = directory.resolve("recording");
        Finished recorded = RUNS.record(LinuxTest.spec(1, Schedule.ROUND_ROBIN, 0), images, script, recording);
        LinuxTest.assertEnded(recorded);
        MachineRuns.assertEqual(RUNS.replay(recording), recorded, "the replay");
    }

    /// The kernel sends SIGWINCH to the programs of the terminal when the size changes.
    @Test
    void aVirtioConsoleHasTheSizeOfTheTerminal() throws IOException {
        MachineSpec spec = LinuxTest.spec(1, Schedule.ROUND_ROBIN, 0);
        MachineSpec virtio = spec.with(spec.board().withConsole(ConsoleKind.VIRTIO));
        var images = LinuxGuest.images("""
            setsid -c sh -c '
                sleep 2
                stty size
                trap "resized=1" WINCH
                stty size
                while [ -z "$resized" ]; do sleep 1; done
                stty size'
            exec > /dev/hvc0 2>&1
            """);
        List<PlannedInjection> sizes = List.of(
                new PlannedInjection(new Injection.ConsoleSize(100, 40), new Moment.AtSlice(0)),
                new PlannedInjection(new Injection.ConsoleSize(132, 50), new Moment.AtTime(20 * SECOND)));
        Path recording = directory.resolve("recording");
        Finished recorded = RUNS.record(virtio, images, sizes, recording);
        LinuxTest.assertEnded(recorded);
        assertThat(recorded.console()).containsSubsequence("40 100", "50 132");
        MachineRuns.assertEqual(RUNS.replay(recording), recorded, "the replay");
    }
}
