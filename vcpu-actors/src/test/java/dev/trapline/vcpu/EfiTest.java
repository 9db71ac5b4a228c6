package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.GicVersion;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.machine.RunReport;
import dev.trapline.testkit.HostTools;
import dev.trapline.timeline.Checkpoint;
import dev.trapline.timeline.Playback;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// UEFI firmware in flash on the board `virt`: EDK2 of Debian's `qemu-efi-aarch64`, unchanged. The script
/// `guests/edk2/fetch` fetches it.
@Tag("native")
class EfiTest {

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    private static final Path FETCHED = Path.of("..", "guests", "target", "edk2");

    /// The shell moves the cursor and changes colours (ECMA-48 §5.4).
    private static final Pattern CONTROL = Pattern.compile("\u001b\\[[0-9;?=]*[A-Za-z]");

    /// The firmware drops keys until its shell starts. The first one that the shell gets ends its countdown.
    private static final String START = "\r".repeat(12);

    private static final String VARIABLE = "setvar Kept -guid c0ffee00-1234-4321-8888-0123456789ab";

    /// Virtual time between two keys, 0.2 s: the firmware looks for keys ten times in a second.
    private static final long KEYS = 12_500_000;

    /// What the same firmware prints on QEMU's board `virt`.
    private static final List<String> ON_QEMU = List.of(
            "UEFI firmware (version ",
            "BdsDxe: starting Boot0001 \"EFI Internal Shell\" from Fv(",
            "UEFI Interactive Shell v2.2\nEDK II\nUEFI v2.70 (EDK II, 0x00010000)\n",
            "Mapping table\nmap: No mapping found.\n",
            "Press ESC in 5 seconds to skip startup.nsh or any other key to continue.");

    private static final MachineSpec SPEC = MachineRuns.spec(1, Schedule.ROUND_ROBIN, 0)
            .with(BoardSpec.DEFAULT
                    .withKind(BoardKind.VIRT)
                    .withRam(256L << 20)
                    .withDeviceTree(true)
                    .withInputInterval(KEYS));

    @ParameterizedTest(name = "GIC{0}")
    @EnumSource
    void bootsToItsShellTurnsOffAndReplays(GicVersion gic, @TempDir Path directory) throws IOException {
        Finished recorded = RUNS.record(
                SPEC.with(SPEC.board().withGic(gic)),
                List.of(image(Image.Kind.FLASH, "QEMU_EFI.fd")),
                START + "ver\rreset -s\r",
                directory.resolve("recording"));

        assertThat(recorded.report().outcome()).isEqualTo(new RunOutcome.PoweredOff());
        String console = text(recorded);
        assertThat(console).contains(ON_QEMU).contains("Shell> ver\nUEFI Interactive Shell v2.2\n");
        assertThat(console).endsWith("Shell> reset -s\n");
        assertThat(recorded.report().flashWrites().count())
                .as("a module that runs in the first bank stores a variable of its own there")
                .isEqualTo(1);
        MachineRuns.assertEqual(RUNS.replay(directory.resolve("recording")), recorded, "the replay");
    }

    @Test
    void keepsAVariableOverAResetAndReplaysFromItsMiddle(@TempDir Path directory) throws IOException {
        Image variables = image(Image.Kind.FLASH_VARIABLES, "AAVMF_VARS.fd");
        Path recording = directory.resolve("recording");
        Finished recorded = RUNS.record(
                SPEC,
                List.of(image(Image.Kind.FLASH, "AAVMF_CODE.fd"), variables),
                START + VARIABLE + " -nv -bs =0x54726170\rreset -w\r" + START + VARIABLE + "\rreset -s\r",
                recording);

        assertThat(recorded.report().outcome()).isEqualTo(new RunOutcome.PoweredOff());
        String console = text(recorded);
        int reset = console.indexOf("Shell> reset -w\n");
        assertThat(reset).as("the first start: %s", console).isPositive();
        assertThat(console.substring(reset))
                .contains(ON_QEMU)
                .contains("C0FFEE00-1234-4321-8888-0123456789AB - Kept - 0004 Bytes\n70 61 72 54 \n");
        assertTheEndFollowsFromTheMiddle(recording, recorded);
    }

    /// The middle is behind the write of the variable.
    private static void assertTheEndFollowsFromTheMiddle(Path recording, Finished recorded) {
        long middle = recorded.report().position().slice() * 3 / 5;
        try (Playback playback = RUNS.playback(recording, (_, _) -> {})) {
            playback.playTo(middle);
            Sight inTheMiddle = Sight.of(playback);
            Checkpoint checkpoint = playback.checkpoint();
            playback.playTo(middle + 10_000);
            playback.goTo(checkpoint);
            assertThat(Sight.of(playback)).as("in the middle").isEqualTo(inTheMiddle);
            playback.playTo(Long.MAX_VALUE);
            RunReport end = playback.report();
            MachineRuns.assertAsRecorded(end, recorded, "from the middle");
        }
    }

    private static String text(Finished run) {
        return CONTROL.matcher(run.console()).replaceAll("");
    }

    private static Image image(Image.Kind kind, String name) throws IOException {
        HostTools.skipUnless(
                Files.exists(FETCHED.resolve("complete")),
                "no EDK2 in guests/target/edk2: run guests/edk2/fetch; that UEFI firmware boots, records and replays"
                        + " is not tested");
        return new Image(kind, name, 0, Bytes.copyOf(Files.readAllBytes(FETCHED.resolve(name))));
    }
}
