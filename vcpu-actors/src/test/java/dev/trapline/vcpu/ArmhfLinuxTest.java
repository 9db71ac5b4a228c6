package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.trapline.abi.Width;
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

/// Debian's kernels for armhf, unchanged, on the board `virt` with AArch32 CPUs.
@Tag("native")
class ArmhfLinuxTest {

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    private static final String SCRIPT = """
        uname -m
        dmesg | grep -E "psci: PSCI|arch_timer: cp15"
        echo "online: $(cat /sys/devices/system/cpu/online)"
        count=0
        while [ $count -lt 10 ]; do (echo $count > /tmp/$count) & count=$((count + 1)); done
        wait
        echo "files: $(cat /tmp/[0-9]* | wc -l)"
        """;

    private static MachineSpec spec(int vcpus) {
        MachineSpec spec = LinuxTest.spec(vcpus, Schedule.ROUND_ROBIN, 0);
        return spec.with(spec.cpus().withWidth(Width.AARCH32))
                .with(RunSpec.DEFAULT.withMaxInstructions(12_000_000_000L));
    }

    private static void assertEnded(Finished run, int vcpus) {
        assertThat(run.report().outcome()).as("the console: %s", run.console()).isEqualTo(new RunOutcome.PoweredOff());
        assertThat(run.console())
                .contains("GUEST-STARTED\n", "armv7l\n", "psci: PSCIv1.3 detected", "files: 10\n", "GUEST-ENDED\n")
                .contains(vcpus == 1 ? "online: 0\n" : "online: 0-" + (vcpus - 1) + "\n");
    }

    @Test
    void oneCpuBootsToAShell(@TempDir Path directory) throws IOException {
        assumeTrue(Boolean.getBoolean("trapline.full"), "takes minutes: run it with -Pfull");
        List<Image> images = LinuxGuest.armhf("zImage", SCRIPT);
        assertEnded(RUNS.record(spec(1), images, directory.resolve("recording")), 1);
    }

    @Test
    void fourCpusWithLargeAddressesBootAndReplayAlsoFromTheirMiddle(@TempDir Path directory) throws IOException {
        assumeTrue(Boolean.getBoolean("trapline.full"), "takes many minutes: run it with -Pfull");
        List<Image> images = LinuxGuest.armhf("zImage-lpae", SCRIPT);
        Path recording = directory.resolve("recording");
        Finished recorded = RUNS.record(spec(4), images, recording);

        assertEnded(recorded, 4);
        MachineRuns.assertEqual(RUNS.replay(recording), recorded, "the replay");
        LinuxTest.assertTheEndFollowsFromTheMiddle(RUNS, recording, recorded);
    }
}
