package dev.trapline.vcpu;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.ConsoleKind;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.machine.ConsoleScript;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.testkit.LinuxGuest;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
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
    Path sources;

    @TempDir
    Path directory;

    private void buildTheModule() throws IOException, InterruptedException {
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

    private Finished run(List<Image> images, PlannedInjection... planned) {
        Path recording = directory.resolve("recording");
        Finished recorded =
                RUNS.record(LinuxTest.spec(2, Schedule.ROUND_ROBIN, 0), images, List.of(planned), recording);
        LinuxTest.assertEnded(recorded);
        MachineRuns.assertEqual(RUNS.replay(recording), recorded, "the replay");
        return recorded;
    }

    private List<Image> withTheModule(String script) throws IOException, InterruptedException {
        buildTheModule();
        return LinuxGuest.withModule(sources.resolve("trapline_sdei.ko"), AGE + script);
    }

    /// A shared event interrupts a CPU that is idle, and one that runs a program.
    @Test
    void aSharedSdeiEventReachesTheHandlerOfADriver() throws IOException, InterruptedException {
        List<Image> images = withTheModule("""
            insmod /lib/trapline_sdei.ko event=804
            cd /sys/module/trapline_sdei/parameters
            age 21
            echo "idle: $(cat count)"
            while [ $(cut -d. -f1 /proc/uptime) -lt 25 ]; do :; done
            echo "busy: $(cat count)"
            cd / && rmmod trapline_sdei && dmesg | grep trapline_sdei:
            """);
        Injection event = new Injection.Event(VcpuId.BOOT, 804);
        assertThat(run(images, at(20, event), at(23, event), at(24, event)).console())
                .contains("idle: 1\n")
                .contains("busy: 3\n")
                .contains("trapline_sdei: event 804: 0\n")
                .contains("trapline_sdei: event 804 came 3 times\n");
    }

    @Test
    void aPrivateSdeiEventReachesTheCpuThatItIsFor() throws IOException, InterruptedException {
        List<Image> images = withTheModule("""
            insmod /lib/trapline_sdei.ko event=805
            age 22
            rmmod trapline_sdei && dmesg | grep trapline_sdei:
            """);
        PlannedInjection first = at(20, new Injection.Event(VcpuId.BOOT, 805));
        PlannedInjection second = at(21, new Injection.Event(new VcpuId(1), 805));
        assertThat(run(images, first, second).console())
                .contains("on CPU 0\n")
                .contains("on CPU 1\n")
                .contains("event 805 came 2 times\n");
    }

    @Test
    void anInjectedInterruptReachesTheDriverOfTheConsole() throws IOException {
        List<Image> images = LinuxGuest.images(AGE + """
            interrupts() { grep uart-pl011 /proc/interrupts | tr -s ' ' | cut -d' ' -f3; }
            age 19
            before=$(interrupts)
            age 22
            after=$(interrupts)
            echo "interrupts: $((after - before))"
            """);
        assertThat(run(images, at(22, new Injection.Interrupt(VcpuId.BOOT, CONSOLE)))
                        .console())
                .contains("interrupts: 1\n");
    }

    /// What a program reads is the event of the key: 24 bytes, of type EV_KEY with the code KEY_POWER and the value
    /// 1, as `linux/input.h` has them.
    @Test
    void thePowerButtonIsAKeyOfLinux() throws IOException {
        List<Image> images = LinuxGuest.ofFullKernel("""
            cat /sys/class/input/event0/device/name
            dd if=/dev/input/event0 bs=24 count=1 2>/dev/null | od -A n -j 16 -t x2
            """);
        assertThat(run(images, at(30, new Injection.PowerButton())).console())
                .contains("gpio-keys\n")
                .contains(" 0001 0074 0001 0000\n");
    }

    @Test
    void aVirtioConsoleIsTheTerminalOfASession() throws IOException {
        MachineSpec spec = LinuxTest.spec(1, Schedule.ROUND_ROBIN, 0);
        MachineSpec virtio = spec.with(spec.board().withConsole(ConsoleKind.VIRTIO));
        List<Image> images = LinuxGuest.images("""
            tty
            read line
            echo "typed: $line"
            """);
        // Linux drops what arrives before its driver has opened the terminal.
        ConsoleScript script = new ConsoleScript(List.of(
                new ConsoleScript.Expect(1, Bytes.copyOf("/dev/hvc0".getBytes(US_ASCII)), 60 * SECOND),
                new ConsoleScript.Keys(2, Bytes.copyOf("some words\r".getBytes(US_ASCII)))));
        Path recording = directory.resolve("recording");
        Finished recorded = RUNS.record(virtio, images, script, recording);
        LinuxTest.assertEnded(recorded);
        assertThat(recorded.console()).contains("/dev/hvc0").contains("typed: some words");
        MachineRuns.assertEqual(RUNS.replay(recording), recorded, "the replay");
    }
}
