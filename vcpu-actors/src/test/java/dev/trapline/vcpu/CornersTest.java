package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.GicVersion;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.RunSpec;
import dev.trapline.testkit.CornerTable;
import dev.trapline.testkit.CornerTable.Host;
import dev.trapline.testkit.Guests;
import dev.trapline.testkit.HostTools;
import dev.trapline.unicorn.UnicornEngines;
import dev.trapline.unicorn.ffi.LibrarySearch;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Guests of the board `virt` look at corners of the architecture, and print what they find. The values are in tables,
/// from the specification. QEMU runs the same guests, if it is installed.
@Tag("native")
class CornersTest {

    private static final String QEMU = "qemu-system-aarch64";
    private static final long RAM = 16 << 20;
    private static final long LIMIT = 100_000_000;

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    /// The same without the engine's shortcuts.
    private static final MachineRuns PLAIN =
            RUNS.with(_ -> new UnicornEngines(UnicornLibrary.load(LibrarySearch.standard(null)), Set.of()));

    /// The guests, with the machine that each needs.
    enum Corner {
        EXCEPTIONS(GicVersion.V2, 1),
        GICV2(GicVersion.V2, 1),
        GICV3_REGISTERS(GicVersion.V3, 2),
        GICV3_INTERFACE(GicVersion.V3, 1),
        GICV3_CPUS(GicVersion.V3, 3),
        MMU(GicVersion.V2, 1),
        SYSTEM(GicVersion.V2, 1),
        CPUS(GicVersion.V2, 2);

        private final GicVersion gic;
        private final int vcpus;

        Corner(GicVersion gic, int vcpus) {
            this.gic = gic;
            this.vcpus = vcpus;
        }

        private String guest() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        private String file() {
            return "corners/" + guest() + ".elf";
        }

        private CornerTable table() throws IOException {
            return CornerTable.of(guest());
        }

        private MachineSpec spec() {
            return MachineSpec.DEFAULT
                    .with(CpuSpec.DEFAULT.withCount(vcpus))
                    .with(BoardSpec.DEFAULT
                            .withKind(BoardKind.VIRT)
                            .withGic(gic)
                            .withRam(RAM))
                    .with(RunSpec.DEFAULT.withMaxInstructions(LIMIT).withRamDigestInterval(100_000));
        }
    }

    @ParameterizedTest
    @EnumSource
    void traplinePrintsTheTableRecordedAndReplayedWithShortcutsAndWithout(Corner corner, @TempDir Path directory)
            throws IOException {
        Image image = Guests.image(corner.file());
        Path recording = directory.resolve("recording");

        Finished recorded = RUNS.record(corner.spec(), image, "", recording);

        assertThat(recorded.report().outcome()).as(recorded.console()).isEqualTo(new RunOutcome.PoweredOff());
        assertThat(recorded.console().lines().toList()).isEqualTo(corner.table().lines(Host.TRAPLINE));
        MachineRuns.assertEqual(PLAIN.run(corner.spec(), image, ""), recorded, corner + " without shortcuts");
        MachineRuns.assertEqual(RUNS.replay(recording), recorded, corner + ", replayed");
        MachineRuns.assertEqual(PLAIN.replay(recording), recorded, corner + ", replayed without shortcuts");
    }

    @ParameterizedTest
    @EnumSource
    void qemuPrintsTheTableOnEachModelOfCpu(Corner corner, @TempDir Path directory)
            throws IOException, InterruptedException {
        HostTools.assumePresent(QEMU, "whether it agrees with the tables of corners is not known");
        String version = HostTools.run(directory, QEMU, "--version").output();
        HostTools.skipUnless(
                version.startsWith("QEMU emulator version 7.2."),
                "the known differences are those of QEMU 7.2, and this is "
                        + version.lines().findFirst().orElse("unknown"));
        for (String cpu : List.of("cortex-a57", "cortex-a72")) {
            assertThat(onQemu(corner, cpu, directory))
                    .as("%s on a %s", corner, cpu)
                    .isEqualTo(corner.table().lines(Host.QEMU));
        }
    }

    @Test
    void thereAreAtLeastThreeHundredChecksAndEachHasASection() throws IOException {
        int checks = 0;
        for (Corner corner : Corner.values()) {
            CornerTable table = corner.table();
            assertThat(table.rows())
                    .as("%s", corner)
                    .noneMatch(row -> row.section().isEmpty());
            assertThat(table.rows())
                    .as("%s", corner)
                    .extracting(CornerTable.Row::name)
                    .doesNotHaveDuplicates();
            checks += table.rows().size();
        }
        assertThat(checks).isGreaterThan(300);
    }

    private static List<String> onQemu(Corner corner, String cpu, Path directory)
            throws IOException, InterruptedException {
        String gic = corner.gic == GicVersion.V2 ? "2" : "3";
        String guest = Guests.DIRECTORY.resolve(corner.file()).toString();
        // "timeout" ends a guest that waits for ever.
        HostTools.Result result = HostTools.run(
                directory,
                "timeout",
                "60",
                QEMU,
                "-M",
                "virt,gic-version=" + gic,
                "-cpu",
                cpu,
                "-smp",
                Integer.toString(corner.vcpus),
                "-accel",
                "tcg,thread=single",
                "-nographic",
                "-nic",
                "none",
                "-kernel",
                guest);
        assertThat(result.status()).as(result.printed()).isZero();
        return result.output().replace("\r", "").lines().toList();
    }
}
