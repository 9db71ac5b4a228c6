package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.GicVersion;
import dev.trapline.abi.Width;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.abi.policy.Policy;
import dev.trapline.testkit.Guests;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The time that guests read: it is consistent between vCPUs, and does not depend on where slices end.
@Tag("native")
class ClocksTest {

    private static final int SEEDS = Boolean.getBoolean("trapline.full") ? 200 : 8;

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    @ParameterizedTest
    @CsvSource({
        "smp-clock, BARE, 2",
        "smp-clock, BARE, 3",
        "smp-clock, BARE, 8",
        "smp-clock, BARE, 16",
        "smp-clock, VIRT, 2",
        "smp-clock, VIRT, 16",
        "smp-clock-a32, BARE, 2",
        "smp-clock-a32, BARE, 16",
        "smp-clock-a32, VIRT, 2",
        "smp-clock-a32, VIRT, 8",
        "smp-clock-t32, BARE, 2",
        "smp-clock-t32, BARE, 16",
        "smp-clock-t32, VIRT, 2",
        "smp-clock-t32, VIRT, 8"
    })
    void noVcpuReceivesAMessageFromLaterThanItsOwnClock(String guest, BoardKind board, int vcpus) throws IOException {
        Width width = Guests.width(guest + ".elf");
        for (long seed = 0; seed <= SEEDS; seed++) {
            Schedule schedule = seed == 0 ? Schedule.ROUND_ROBIN : Schedule.RANDOM;
            MachineSpec spec = MachineRuns.spec(vcpus, schedule, seed, width, Policy.DEFAULT);
            GicVersion gic = vcpus > GicVersion.V2.mostVcpus() ? GicVersion.V3 : GicVersion.V2;
            Finished run =
                    RUNS.run(spec.with(spec.board().withKind(board).withGic(gic)), Guests.image(guest + ".elf"), "");
            assertThat(run.console())
                    .as("%s on %d vCPUs of %s, %s, seed %d", guest, vcpus, board, schedule, seed)
                    .endsWith(vcpus * 1000 + " times posted, 0 of them too early\n");
            assertThat(run.report().outcome()).isEqualTo(new RunOutcome.Exited(0));
        }
    }

    /// Engines are asked for their free space after this number of instructions, and then run the rest of the
    /// slice.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 17, 1000})
    void aSliceThatIsRunInPartsIsTheSameSliceAndTakesTheSameTime(long part, @TempDir Path directory)
            throws IOException {
        MachineRuns parts = RUNS.with(engines -> new EagerEngines(engines, part, Integer.MAX_VALUE));
        for (String guest : new String[] {
            "smp-clock.elf",
            "smp-clock-a32.elf",
            "smp-clock-t32.elf",
            "times-a32.elf",
            "times-t32.elf",
            "sysregs.elf",
            "wfi-all.elf",
            "event-loop.elf",
            "conform-psci-suspend.elf",
            "conform-sdei-delivery.elf"
        }) {
            for (long seed = 0; seed <= 1; seed++) {
                Path recording = directory.resolve(guest + seed);
                Finished whole =
                        RUNS.record(MachineRuns.smallSpec(guest, seed, 300_000), Guests.image(guest), "", recording);
                Finished inParts = parts.run(MachineRuns.smallSpec(guest, seed, 300_000), Guests.image(guest), "");
                String what = "%s, seed %d, in parts of %d instructions".formatted(guest, seed, part);
                MachineRuns.assertEqual(inParts, whole, what);
                MachineRuns.assertEqual(parts.replay(recording), whole, what + ", replayed");
            }
        }
    }
}
