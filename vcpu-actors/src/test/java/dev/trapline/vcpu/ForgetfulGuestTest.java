package dev.trapline.vcpu;

import static dev.trapline.vcpu.MachineRuns.assertAsRecorded;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.timeline.Checkpoint;
import dev.trapline.timeline.Playback;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Translations and TLB entries are in no checkpoint. So all engines are replaced at fixed places of the history, and a
/// replay that begins there continues exactly like the run, even if the guest omits maintenance.
@Tag("native")
class ForgetfulGuestTest {

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private Finished record(ForgetfulGuest guest) {
        MachineSpec spec = Specs.withVcpus(2).random(5).slice(700).spec();
        return RUNS.record(
                spec.with(CpuSpec.DEFAULT.withCount(2).withWidth(guest.width()))
                        .with(spec.run().withRenewalInterval(100_000)),
                guest.image(),
                "",
                directory.resolve("rec"));
    }

    private Playback playback() {
        return RUNS.playback(directory.resolve("rec"), (_, _) -> {});
    }

    @ParameterizedTest
    @EnumSource
    void aGuestThatForgetsItsMaintenanceContinuesFromEachRenewalAsInTheStraightRun(ForgetfulGuest guest) {
        Finished recorded = record(guest);
        MachineRuns.assertEqual(RUNS.replay(directory.resolve("rec")), recorded, guest + ": a straight replay");
        try (Playback playback = playback()) {
            List<Checkpoint> renewals = new ArrayList<>();
            List<Checkpoint> others = new ArrayList<>();
            for (long slice = 1; playback.outcome() == null; slice++) {
                (playback.isRenewed() ? renewals : others).add(playback.checkpoint());
                playback.playTo(slice);
            }
            assertThat(renewals).as("there are some").hasSizeGreaterThan(5);
            for (Checkpoint checkpoint : renewals.reversed()) {
                playback.goTo(checkpoint);
                playback.playTo(Long.MAX_VALUE);
                assertAsRecorded(playback.report(), recorded, guest + ": the rest from " + checkpoint.position());
            }
            assertThat(others)
                    .as("elsewhere, this guest can notice that it was restored: otherwise the test shows nothing")
                    .anyMatch(checkpoint -> {
                        playback.goTo(checkpoint);
                        playback.playTo(Long.MAX_VALUE);
                        return playback.report().memoryDigest()
                                != recorded.report().memoryDigest();
                    });
        }
    }
}
