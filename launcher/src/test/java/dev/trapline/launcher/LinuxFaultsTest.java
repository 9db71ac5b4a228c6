package dev.trapline.launcher;

import static dev.trapline.launcher.InProcess.perform;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.trapline.abi.machine.Image;
import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Ending;
import dev.trapline.testkit.LinuxGuest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Debian's kernel under faults of its firmware, and behind its boot.
@Tag("native")
class LinuxFaultsTest {

    private static final boolean FULL = Boolean.getBoolean("trapline.full");

    /// One boot of four vCPUs takes some fifteen seconds.
    private static final String SEEDS = FULL ? "200" : "1..2";

    /// How a guest may fail: all other kinds are Trapline's own.
    private static final List<String> OF_THE_GUEST = List.of("console", "no-progress", "deadlock", "guest-fault");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    private void boots(String script) throws IOException {
        for (Image image : LinuxGuest.imagesWithoutEnd(script)) {
            Files.write(directory.resolve(image.name()), image.content().toArray());
        }
    }

    private List<String> linux(String command, String... more) {
        List<String> arguments = new ArrayList<>(List.of(command, "--cpus", "4"));
        arguments.addAll(List.of("--set", "run.kernel=" + file("vmlinuz"), "--set", "run.initrd=" + file("initrd")));
        arguments.addAll(List.of("--set", "machine.boot-arguments=\"console=ttyAMA0 quiet\""));
        arguments.addAll(List.of(more));
        return arguments;
    }

    @Test
    void aBootUnderFaultsComesUpOrFailsInAWayThatIsGroupedAndExplained() throws IOException {
        boots("""
            dd if=/dev/hwrng of=/dev/null bs=16 count=4 2>/dev/null
            for cpu in 1 2 3; do
                echo 0 > /sys/devices/system/cpu/cpu$cpu/online
                echo 1 > /sys/devices/system/cpu/cpu$cpu/online
            done
            echo GUEST-ENDED
            poweroff -f
            """);
        Files.writeString(directory.resolve("plan.conf"), """
            faults = [
              { name = on, at { function = PSCI_CPU_ON }, when { probability = 0.15 }, do { refuse = DENIED } }
              { name = late-on, at { function = PSCI_CPU_ON }, when { probability = 0.15 }, do { delay = 20ms } }
              { name = info, at { function = AFFINITY_INFO }, when { probability = 0.2 }, do { refuse = INTERNAL_FAILURE } }
              { name = suspend, at { function = PSCI_CPU_SUSPEND }, when { probability = 0.1 }, do { refuse = DENIED } }
              { name = trng, at { service = trng }, when { probability = 0.3 }, do { refuse = NO_ENTROPY } }
              { name = sdei, at { service = sdei }, when { probability = 0.2 }, do { refuse = DENIED } }
              { name = features, at { function = PSCI_FEATURES }, when { probability = 0.1 }, do { refuse = NOT_SUPPORTED } }
            ]
            """);
        Files.writeString(directory.resolve("up.expect"), """
            expect "GUEST-ENDED" within 120s
            expect "Power down" within 60s
            """);
        Ended said = perform(linux(
                "explore",
                "--faults",
                file("plan.conf"),
                "--set",
                "run.expect=" + file("up.expect"),
                "--schedule",
                "jitter",
                "--seeds",
                SEEDS,
                "--max-instructions",
                "20000000000",
                "--minimize-runs",
                FULL ? "30" : "0",
                "--out",
                file("found"),
                "--format",
                "json"));
        assertThat(said.status()).as(said.err()).isIn(Ending.OK, Ending.GUEST_FAILED);
        JsonNode document = new Schemas().validated(said.out());
        assertThat(document.get("runs").asInt()).isEqualTo(FULL ? 200 : 2);
        for (JsonNode failure : document.get("failures")) {
            assertThat(failure.get("failure").asText()).as("%s", failure).isIn(OF_THE_GUEST);
            if (FULL) {
                assertThat(failure.get("story")).as("%s", failure).isNotEmpty();
                Ended replayed =
                        perform(List.of("replay", failure.get("recording").asText()));
                assertThat(replayed.status()).as(replayed.err()).isZero();
            }
        }
    }

    @Test
    void anIdleLinuxIsExploredFromBehindItsBoot() throws IOException {
        boots("""
            echo GUEST-IDLE
            while true; do sleep 1; done
            """);
        Files.writeString(directory.resolve("idle.expect"), """
            expect "GUEST-IDLE" within 120s
            expect "nothing more" within 100ms
            """);
        Ended recorded = perform(linux("run", "--set", "run.expect=" + file("idle.expect"), "--record", file("boot")));
        assertThat(recorded.status()).as(recorded.err()).isEqualTo(Ending.LIMIT);
        Ended said = perform(
                List.of("explore", "--from", file("boot"), "--for", "50ms", "--seeds", "10", "--format", "json"));
        assertThat(said.status()).as(said.err()).isZero();
        JsonNode document = new Schemas().validated(said.out());
        assertThat(document.get("runs").asInt()).isEqualTo(10);
        assertThat(document.get("checked").asInt()).isEqualTo(1);
        assertThat(document.get("coverage").get("blocks").asInt())
                .as("the kernel's code behind the boot, and not that of the boot")
                .isBetween(10, 20_000);
    }
}
