package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.Width;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.testkit.HostTools;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real boot loader in flash, with the generated device tree: Debian's `u-boot-qemu`, or the file in the system
/// property `trapline.uboot`.
@Tag("native")
class UBootTest {

    private static final String PROPERTY = "trapline.uboot";
    private static final Path PACKAGED = Path.of("/usr/lib/u-boot/qemu_arm64/u-boot.bin");
    private static final Path PACKAGED_32 = Path.of("/usr/lib/u-boot/qemu_arm/u-boot.bin");

    /// The first key stops the countdown. A key that is typed while the machine resets is lost, so there are two
    /// after the reset.
    private static final String SESSION = "\rversion\rbdinfo\rreset\r\r\rversion\rpoweroff\r";

    /// 50 ms of virtual time.
    private static final long BETWEEN_KEYS = 3_125_000;

    @Test
    void bootsToItsPromptTakesCommandsStartsAgainAndReplays(@TempDir Path directory) throws IOException {
        Image flash = image();
        Path recording = directory.resolve("recording");
        try (MachineRuns runs = new MachineRuns()) {
            Finished recorded = runs.record(MachineRuns.spec(2, Schedule.ROUND_ROBIN, 0), flash, SESSION, recording);
            assertSession(recorded);

            MachineRuns.assertEqual(runs.replay(recording), recorded, "the replay");
        }
    }

    /// Its environment is in the flash bank for variables. It drops keys while it writes there.
    @Test
    void savesItsEnvironmentInTheFlashOfTheBoardVirt(@TempDir Path directory) throws IOException {
        Image flash = image();
        Path recording = directory.resolve("recording");
        MachineSpec virt = MachineRuns.spec(1, Schedule.ROUND_ROBIN, 0)
                .with(BoardSpec.DEFAULT
                        .withKind(BoardKind.VIRT)
                        .withDeviceTree(true)
                        .withInputInterval(BETWEEN_KEYS));
        String session =
                "\rsetenv kept over a reset\rsaveenv" + "\r".repeat(10) + "reset\r\r\rprintenv kept\rpoweroff\r";
        try (MachineRuns runs = new MachineRuns()) {
            Finished recorded = runs.record(virt, flash, session, recording);

            assertThat(recorded.report().outcome())
                    .as("the console: %s", recorded.console())
                    .isEqualTo(new RunOutcome.PoweredOff());
            assertThat(recorded.console())
                    .contains("Flash: 32 MiB\n", "Erasing Flash...", "Writing to Flash...")
                    .contains("=> printenv kept\nkept=over a reset\n");
            assertThat(recorded.report().flashWrites().count())
                    .as("it does not look for a CFI flash in the first bank")
                    .isZero();
            MachineRuns.assertEqual(runs.replay(recording), recorded, "the replay");
        }
    }

    @Test
    void takesWhatIsTypedAndReplaysIt(@TempDir Path directory) throws IOException {
        Image flash = image();
        Path recording = directory.resolve("recording");
        try (MachineRuns runs = new MachineRuns()) {
            Finished recorded = runs.recordTyped(
                    MachineRuns.spec(1, Schedule.ROUND_ROBIN, 0), flash, "\rversion\rpoweroff\r", recording);

            assertThat(recorded.report().outcome()).isEqualTo(new RunOutcome.PoweredOff());
            assertThat(recorded.console()).contains("=> version\nU-Boot 20", "=> poweroff\npoweroff ...\n");
            MachineRuns.assertEqual(runs.replay(recording), recorded, "the replay takes its input from the recording");
        }
    }

    /// It is T32 code, and runs with the MMU on.
    @Test
    void bootsOnAarch32OnTheBoardVirtAndReplaysAlsoFromTheMiddle(@TempDir Path directory) throws IOException {
        Image flash = image(PACKAGED_32);
        Path recording = directory.resolve("recording");
        MachineSpec spec = MachineRuns.spec(1, Schedule.ROUND_ROBIN, 0);
        MachineSpec virt = spec.with(spec.cpus().withWidth(Width.AARCH32))
                .with(BoardSpec.DEFAULT
                        .withKind(BoardKind.VIRT)
                        .withDeviceTree(true)
                        .withInputInterval(BETWEEN_KEYS));
        try (MachineRuns runs = new MachineRuns()) {
            Finished recorded = runs.record(virt, flash, "\rversion\rreset\r\r\rversion\rpoweroff\r", recording);

            assertThat(recorded.report().outcome())
                    .as("the console: %s", recorded.console())
                    .isEqualTo(new RunOutcome.PoweredOff());
            assertThat(recorded.console())
                    .contains("DRAM:  128 MiB", "Out:   pl011@9000000", "=> version\nU-Boot 20", "resetting ...")
                    .endsWith("=> poweroff\npoweroff ...\n");
            MachineRuns.assertEqual(runs.replay(recording), recorded, "the replay");
            LinuxTest.assertTheEndFollowsFromTheMiddle(runs, recording, recorded);
        }
    }

    private static void assertSession(Finished session) {
        String console = session.console();
        assertThat(session.report().outcome()).as("the console: %s", console).isEqualTo(new RunOutcome.PoweredOff());
        int reset = console.indexOf("=> reset\n");
        assertThat(reset).as("the prompt accepted the command: %s", console).isPositive();
        String before = console.substring(0, reset);
        String after = console.substring(reset);
        assertThat(before)
                .as("the device tree is found: RAM and the console are known")
                .contains("U-Boot 20", "DRAM:  128 MiB", "Out:   pl011@9000000", "Hit any key to stop autoboot")
                .contains("=> version\nU-Boot 20")
                .contains("=> bdinfo\n", "-> start    = 0x0000000040000000", "-> size     = 0x0000000007fff000");
        assertThat(after)
                .as("it starts again, and accepts commands again")
                .contains("resetting ...", "DRAM:  128 MiB", "=> version\nU-Boot 20")
                .endsWith("=> poweroff\npoweroff ...\n");
    }

    private static Image image() throws IOException {
        return image(Path.of(System.getProperty(PROPERTY, PACKAGED.toString())));
    }

    private static Image image(Path file) throws IOException {
        HostTools.skipUnless(
                Files.isReadable(file),
                "no U-Boot at " + file + ": install Debian's u-boot-qemu, or name its u-boot.bin with -D" + PROPERTY
                        + "; that a boot loader runs, records and replays is not tested");
        return new Image(Image.Kind.FLASH, "u-boot.bin", 0, Bytes.copyOf(Files.readAllBytes(file)));
    }
}
