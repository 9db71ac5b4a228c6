package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.trapline.abi.GicVersion;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.RunSpec;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.testkit.LinuxGuest;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Debian's kernels in larger machines, in many schedules, and over a reboot.
@Tag("native")
class LinuxScaleTest {

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    private static final boolean FULL = Boolean.getBoolean("trapline.full");

    private static final int SEEDS = FULL ? 20 : 1;

    private static final String ONLINE = "echo \"online: $(cat /sys/devices/system/cpu/online)\"\n";

    /// A minute after its start, the machine reboots. Its clock continues.
    private static final String REBOOT = """
        if [ $(cat /sys/class/rtc/rtc0/since_epoch) -lt $((1767225600 + 60)) ]; then
            echo "first start"
            sleep 60
            reboot -f
        fi
        echo "second start at $(date -u +%Y-%m-%dT%H:%M)"
        """;

    @Test
    void eightCpusBootAndReplay(@TempDir Path directory) throws IOException {
        Finished recorded = RUNS.record(
                LinuxTest.spec(8, Schedule.ROUND_ROBIN, 0), LinuxGuest.images(ONLINE), directory.resolve("recording"));
        LinuxTest.assertEnded(recorded);
        assertThat(recorded.console()).contains("online: 0-7\n");
        MachineRuns.assertEqual(RUNS.replay(directory.resolve("recording")), recorded, "the replay");
    }

    /// An interrupt reaches more than 8 vCPUs only with a GICv3.
    @Test
    void sixteenCpusBootComeAndGoAndReplay(@TempDir Path directory) throws IOException {
        assumeTrue(FULL, "takes minutes: run it with -Pfull");
        MachineSpec spec = LinuxTest.spec(8, Schedule.ROUND_ROBIN, 0);
        Finished recorded = RUNS.record(
                spec.with(spec.board().withGic(GicVersion.V3)).with(spec.cpus().withCount(16)),
                LinuxGuest.images(LinuxTest.HOTPLUG + LinuxTest.PROCESSES + ONLINE),
                directory.resolve("recording"));
        LinuxTest.assertEnded(recorded);
        assertThat(recorded.console())
                .contains("plugged cpu9 in round 3\n")
                .contains("online: 0-15\n")
                .contains("files: 40\n");
        MachineRuns.assertEqual(RUNS.replay(directory.resolve("recording")), recorded, "the replay");
    }

    @Test
    void theFullKernelBootsOnTwoCpusAndReplays(@TempDir Path directory) throws IOException {
        Finished recorded = RUNS.record(
                LinuxTest.spec(2, Schedule.ROUND_ROBIN, 0),
                LinuxGuest.ofFullKernel("uname -r\n" + ONLINE),
                directory.resolve("recording"));
        LinuxTest.assertEnded(recorded);
        assertThat(recorded.console()).containsPattern("[0-9]-arm64\n").contains("online: 0-1\n");
        MachineRuns.assertEqual(RUNS.replay(directory.resolve("recording")), recorded, "the replay");
    }

    @Test
    void aRebootStartsTheSameMachineAgain(@TempDir Path directory) throws IOException {
        Finished recorded = RUNS.record(
                LinuxTest.spec(1, Schedule.ROUND_ROBIN, 0).with(RunSpec.DEFAULT.withRebootOnReset(true)),
                LinuxGuest.images(REBOOT),
                directory.resolve("recording"));
        assertThat(recorded.report().outcome()).isEqualTo(new RunOutcome.PoweredOff());
        assertThat(recorded.console())
                .containsSubsequence("first start\n", "GUEST-STARTED\n", "second start at 2026-01-01T00:01\n");
        MachineRuns.assertEqual(RUNS.replay(directory.resolve("recording")), recorded, "the replay");
    }

    @Test
    void fourCpusBootUnderEverySeedOfTheRandomScheduleReplayAndRunAgain(@TempDir Path directory) throws IOException {
        List<Image> images = LinuxGuest.images(ONLINE);
        for (int seed = 1; seed <= SEEDS; seed++) {
            MachineSpec spec = LinuxTest.spec(4, Schedule.RANDOM, seed);
            Finished first = RUNS.record(spec, images, directory.resolve("first-" + seed));
            LinuxTest.assertEnded(first);
            assertThat(first.console()).as("seed %d", seed).contains("online: 0-3\n");
            MachineRuns.assertEqual(
                    RUNS.replay(directory.resolve("first-" + seed)), first, "the replay of seed " + seed);
            Finished second = RUNS.record(spec, images, directory.resolve("second-" + seed));
            MachineRuns.assertEqual(second, first, "seed " + seed + " again");
        }
    }
}
