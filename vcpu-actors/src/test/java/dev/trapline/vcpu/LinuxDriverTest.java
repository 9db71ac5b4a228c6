package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.testkit.LinuxGuest;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// What is injected from outside reaches the drivers of an unmodified Linux. One of them is a module that the test
/// builds with Debian's headers for the kernel.
@Tag("native")
class LinuxDriverTest {

    private static final Path SOURCES = Path.of("..", "guests", "linux", "module");

    /// Ticks of virtual time.
    private static final long SECOND = 62_500_000;

    /// INTID of the PL011.
    private static final int CONSOLE = 33;

    /// Waits until the kernel is this old, in seconds. Its clock starts about 1.3 s after the machine.
    private static final String AGE = """
        age() { while [ $(cut -d. -f1 /proc/uptime) -lt $1 ]; do sleep 0.5; done; }
        """;

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    @TempDir
    static Path sources;

    @TempDir
    Path directory;

    @BeforeAll
    static void buildTheModule() throws IOException, InterruptedException {
        try (Stream<Path> files = Files.list(SOURCES)) {
            for (Path file : files.toList()) {
                Files.copy(file, sources.resolve(file.getFileName()));
            }
        }
        LinuxGuest.buildModule(sources);
    }

    private static PlannedInjection at(long seconds, Injection injection) {
        return new PlannedInjection(injection, new Moment.AtTime(seconds * SECOND));
    }

    private Finished run(String script, List<PlannedInjection> planned) throws IOException {
        List<Image> images = LinuxGuest.withModule(sources.resolve("trapline_sdei.ko"), AGE + script);
        Path recording = directory.resolve("recording");
        Finished recorded = RUNS.record(LinuxTest.spec(2, Schedule.ROUND_ROBIN, 0), images, planned, recording);
        LinuxTest.assertEnded(recorded);
        MachineRuns.assertEqual(RUNS.replay(recording), recorded, "the replay");
        return recorded;
    }

    /// A shared event interrupts a CPU that is idle, and one that runs a program.
    @Test
    void aSharedSdeiEventReachesTheHandlerOfADriver() throws IOException {
        Finished run = run("""
            insmod /lib/trapline_sdei.ko event=804
            cd /sys/module/trapline_sdei/parameters
            age 21
            echo "idle: $(cat count)"
            while [ $(cut -d. -f1 /proc/uptime) -lt 25 ]; do :; done
            echo "busy: $(cat count)"
            cd / && rmmod trapline_sdei && dmesg | grep trapline_sdei:
            """, List.of(
                at(20, new Injection.Event(VcpuId.BOOT, 804)),
                at(23, new Injection.Event(VcpuId.BOOT, 804)),
                at(24, new Injection.Event(VcpuId.BOOT, 804))));
        assertThat(run.console())
                .contains("idle: 1\n")
                .contains("busy: 3\n")
                .contains("trapline_sdei: event 804: 0\n")
                .contains("trapline_sdei: event 804 came 3 times\n");
    }

    @Test
    void aPrivateSdeiEventReachesTheCpuThatItIsFor() throws IOException {
        Finished run = run("""
            insmod /lib/trapline_sdei.ko event=805
            age 22
            rmmod trapline_sdei && dmesg | grep trapline_sdei:
            """, List.of(
                at(20, new Injection.Event(VcpuId.BOOT, 805)), at(21, new Injection.Event(new VcpuId(1), 805))));
        assertThat(run.console()).contains("on CPU 0\n").contains("on CPU 1\n").contains("event 805 came 2 times\n");
    }

    @Test
    void anInjectedInterruptReachesTheDriverOfTheConsole() throws IOException {
        Finished run = run("""
            interrupts() { grep uart-pl011 /proc/interrupts | tr -s ' ' | cut -d' ' -f3; }
            age 19
            before=$(interrupts)
            age 22
            after=$(interrupts)
            echo "interrupts: $((after - before))"
            """, List.of(at(22, new Injection.Interrupt(VcpuId.BOOT, CONSOLE))));
        assertThat(run.console()).contains("interrupts: 1\n");
    }
}
