package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.GicVersion;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.RunSpec;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.machine.RunReport;
import dev.trapline.testkit.LinuxGuest;
import dev.trapline.timeline.Checkpoint;
import dev.trapline.timeline.Playback;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Debian's kernel, unchanged, on the board `virt`: its drivers find the firmware, and its runs are recorded and
/// replayed.
@Tag("native")
class LinuxTest {

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    private static final String FIRMWARE = """
        dmesg | grep -E "psci|SMCCC|sdei|arm-pv|GIC|Booted secondary"
        cat /sys/power/state /sys/power/mem_sleep
        cat /sys/class/misc/hw_random/rng_current
        dd if=/dev/hwrng of=/tmp/a bs=32 count=1 2>/dev/null
        dd if=/dev/hwrng of=/tmp/b bs=32 count=1 2>/dev/null
        cmp -s /tmp/a /tmp/b || echo "two different draws of $(wc -c < /tmp/a) bytes"
        """;

    static final String HOTPLUG = """
        for round in 1 2 3; do
            for cpu in /sys/devices/system/cpu/cpu[1-9]; do
                echo 0 > $cpu/online && echo 1 > $cpu/online && echo "plugged ${cpu##*/} in round $round"
            done
        done
        echo "online: $(cat /sys/devices/system/cpu/online)"
        """;

    static final String PROCESSES = """
        count=0
        while [ $count -lt 40 ]; do (echo $count > /tmp/$count) & count=$((count + 1)); done
        wait
        echo "files: $(cat /tmp/[0-9]* | wc -l)"
        """;

    static MachineSpec spec(int vcpus, Schedule schedule, long seed) {
        return MachineRuns.spec(vcpus, schedule, seed)
                .with(BoardSpec.DEFAULT
                        .withKind(BoardKind.VIRT)
                        .withRam(192L << 20)
                        .withDeviceTree(true)
                        .withBootArguments("console=ttyAMA0 quiet"))
                .with(RunSpec.DEFAULT.withMaxInstructions(6_000_000_000L));
    }

    static void assertEnded(Finished run) {
        assertThat(run.report().outcome()).as("the console: %s", run.console()).isEqualTo(new RunOutcome.PoweredOff());
        assertThat(run.console()).contains("GUEST-STARTED\n").contains("GUEST-ENDED\n");
    }

    @Test
    void oneCpuBootsToAShellFindsTheFirmwareAndReplays(@TempDir Path directory) throws IOException {
        List<Image> images = LinuxGuest.images(FIRMWARE + PROCESSES);
        Finished recorded = RUNS.record(spec(1, Schedule.ROUND_ROBIN, 0), images, directory.resolve("recording"));

        assertEnded(recorded);
        assertThat(recorded.console())
                .contains("psci: PSCIv1.3 detected in firmware.")
                .contains("psci: SMC Calling Convention v1.5")
                .contains("sdei: SDEIv1.1 (0x0) detected in firmware.")
                .contains("arm-pv: using stolen time PV")
                .contains("SMCCC: SOC_ID:")
                .contains("freeze mem disk\ns2idle [deep]\n")
                .contains("smccc_trng\n")
                .contains("two different draws of 32 bytes\n")
                .contains("files: 40\n");
        MachineRuns.assertEqual(RUNS.replay(directory.resolve("recording")), recorded, "the replay");
    }

    @Test
    void fourCpusBootComeAndGoAndReplayFromTheirMiddle(@TempDir Path directory) throws IOException {
        List<Image> images = LinuxGuest.images(HOTPLUG + PROCESSES);
        Path recording = directory.resolve("recording");
        Finished recorded = RUNS.record(spec(4, Schedule.ROUND_ROBIN, 0), images, recording);

        assertEnded(recorded);
        for (int round = 1; round <= 3; round++) {
            for (int cpu = 1; cpu <= 3; cpu++) {
                assertThat(recorded.console()).contains("plugged cpu" + cpu + " in round " + round + "\n");
            }
        }
        assertThat(recorded.console()).contains("online: 0-3\n").contains("files: 40\n");
        assertTheEndFollowsFromTheMiddle(RUNS, recording, recorded);
    }

    private static final String INTERRUPTS = """
        dmesg | grep -E "GICv3|system register CPU"
        grep -E "arch_timer|IPI0|uart-pl011" /proc/interrupts
        """;

    @Test
    void fourCpusWithAGicv3BootComeAndGoAndReplayFromTheirMiddle(@TempDir Path directory) throws IOException {
        List<Image> images = LinuxGuest.images(INTERRUPTS + HOTPLUG + PROCESSES);
        Path recording = directory.resolve("recording");
        MachineSpec spec = spec(4, Schedule.ROUND_ROBIN, 0);
        Finished recorded = RUNS.record(spec.with(spec.board().withGic(GicVersion.V3)), images, recording);

        assertEnded(recorded);
        assertThat(recorded.console())
                .contains("GICv3: 256 SPIs implemented")
                .contains("CPU features: detected: GIC system register CPU interface")
                .contains("GICv3: CPU3: found redistributor 3 region 0:0x0000000008100000")
                .containsPattern("GICv3 +27 Level +arch_timer")
                .contains("plugged cpu3 in round 3\n")
                .contains("online: 0-3\n")
                .contains("files: 40\n");
        MachineRuns.assertEqual(RUNS.replay(recording), recorded, "the replay");
        assertTheEndFollowsFromTheMiddle(RUNS, recording, recorded);
    }

    /// A checkpoint has neither the TLBs nor the translations of the engines.
    static void assertTheEndFollowsFromTheMiddle(MachineRuns runs, Path recording, Finished recorded) {
        long middle = recorded.report().position().slice() / 2;
        try (Playback playback = runs.playback(recording, (_, _) -> {})) {
            playback.playTo(middle);
            Sight inTheMiddle = Sight.of(playback);
            Checkpoint checkpoint = playback.checkpoint();
            playback.playTo(middle + 20_000);
            playback.goTo(checkpoint);
            assertThat(Sight.of(playback)).as("in the middle").isEqualTo(inTheMiddle);
            playback.playTo(Long.MAX_VALUE);
            RunReport end = playback.report();
            assertThat(end.outcome()).isEqualTo(recorded.report().outcome());
            assertThat(end.registerDigest())
                    .as("registers of every slice")
                    .isEqualTo(recorded.report().registerDigest());
            assertThat(end.memoryDigest())
                    .as("memory at the end")
                    .isEqualTo(recorded.report().memoryDigest());
        }
    }

    private static final String DISK = """
        echo "disk of $(cat /sys/block/vda/size) sectors: $(head -c 16 /dev/vda)"
        echo "written by the guest" | dd of=/dev/vda bs=512 seek=7 conv=notrunc,fsync 2>/dev/null
        echo 3 > /proc/sys/vm/drop_caches
        echo "read again: $(dd if=/dev/vda bs=512 skip=7 count=1 2>/dev/null | head -c 20)"
        """;

    private static final String SUSPEND = """
        date -u +%Y-%m-%dT%H
        for state in freeze mem; do
            echo 0 > /sys/class/rtc/rtc0/wakealarm
            echo +5 > /sys/class/rtc/rtc0/wakealarm
            before=$(cat /sys/class/rtc/rtc0/since_epoch)
            echo $state > /sys/power/state && echo "$state: woke after $(($(cat /sys/class/rtc/rtc0/since_epoch) - before)) seconds"
        done
        """;

    @Test
    void twoCpusUseADiskAndTheClockAndWakeFromSuspend(@TempDir Path directory) throws IOException {
        byte[] content = new byte[1 << 20];
        byte[] label = "label of a disk.".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(label, 0, content, 0, label.length);
        List<Image> images = new ArrayList<>(LinuxGuest.images(DISK + SUSPEND));
        images.add(new Image(Image.Kind.DISK, "disk", 0, Bytes.copyOf(content)));
        Path recording = directory.resolve("recording");
        Finished recorded = RUNS.record(spec(2, Schedule.ROUND_ROBIN, 0), images, recording);

        assertEnded(recorded);
        assertThat(recorded.console())
                .contains("disk of 2048 sectors: label of a disk.\n")
                .contains("read again: written by the guest\n")
                .contains("2026-01-01T00\n")
                .containsPattern("freeze: woke after [456] seconds\n")
                .containsPattern("mem: woke after [456] seconds\n");
        MachineRuns.assertEqual(RUNS.replay(recording), recorded, "the replay");
        assertTheEndFollowsFromTheMiddle(RUNS, recording, recorded);
    }

    @Test
    void twoCpusUnderARandomScheduleReplay(@TempDir Path directory) throws IOException {
        List<Image> images = LinuxGuest.images(PROCESSES);
        Path recording = directory.resolve("recording");
        Finished recorded = RUNS.record(spec(2, Schedule.RANDOM, 11), images, recording);

        assertEnded(recorded);
        assertThat(recorded.console()).contains("files: 40\n");
        MachineRuns.assertEqual(RUNS.replay(recording), recorded, "the replay");
    }
}
