package dev.trapline.vcpu;

import static dev.trapline.vcpu.MachineRuns.assertAsRecorded;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.machine.Schedule;
import dev.trapline.timeline.Checkpoint;
import dev.trapline.timeline.Playback;
import dev.trapline.timeline.checkpoint.CheckpointCodec;
import dev.trapline.timeline.checkpoint.StoredCheckpoint;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Checkpoints as bytes: a machine that loads a checkpoint is identical to the machine that saved it.
@Tag("native")
class StoredCheckpointTest {

    private static final int PLACES = Boolean.getBoolean("trapline.full") ? 100 : 10;

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @ParameterizedTest
    @CsvSource({"exit-42, 1, ROUND_ROBIN", "smp-hello, 2, RANDOM"})
    void oneAtEverySliceIsTakenUpByAFreshMachineThatEndsTheSame(String guest, int vcpus, Schedule schedule)
            throws IOException {
        Finished recorded = RUNS.recordSmall(guest, vcpus, schedule, 400, 40_000, directory.resolve("rec"));
        try (Playback writing = playback()) {
            for (long slice = 0; writing.outcome() == null; slice++) {
                StoredCheckpoint stored = written(writing.checkpoint());
                try (Playback reading = playback()) {
                    reading.goTo(read(stored, reading));
                    assertThat(reading.position().slice()).isEqualTo(slice);
                    reading.playTo(Long.MAX_VALUE);
                    assertAsRecorded(reading.report(), recorded, guest + " from slice " + slice);
                }
                writing.playTo(slice + 1);
            }
        }
    }

    /// STXR compares the value that LDXR has left in the CPU. A checkpoint between the two must keep it.
    @Test
    void oneAtEveryInstructionOfAnExclusiveLoopRestoresExactly() throws IOException {
        Finished recorded = RUNS.recordSmall("smp-counter", 2, Schedule.RANDOM, 1, 30_000, directory.resolve("rec"));
        long last = recorded.report().position().slice();
        try (Playback straight = playback();
                Playback jumping = playback()) {
            straight.playTo(last - 400);
            jumping.playTo(last - 400);
            while (jumping.position().slice() < last - 1) {
                jumping.goTo(read(written(jumping.checkpoint()), jumping));
                straight.playTo(straight.position().slice() + 1);
                jumping.playTo(jumping.position().slice() + 1);
                assertThat(jumping.hash())
                        .as("all of the machine at %s", straight.position())
                        .isEqualTo(straight.hash());
            }
            jumping.playTo(Long.MAX_VALUE);
            assertAsRecorded(jumping.report(), recorded, "the end");
        }
    }

    /// Parallel replay depends on this: it compares hashes of machines that reached a position in different ways.
    @ParameterizedTest
    @CsvSource({
        "smp-patch, RANDOM",
        "smp-counter-t32, RANDOM",
        "smp-counter-a32, ROUND_ROBIN",
        "reset, RANDOM",
        "fp, RANDOM",
        "sysregs, ROUND_ROBIN",
        "conform-sdei-cpus, RANDOM",
        "smp-race, RANDOM",
    })
    void aPlaceHasOneHashByWhateverWayItIsReached(String guest, Schedule schedule) throws IOException {
        Finished recorded = RUNS.recordSmall(guest, 4, schedule, 2_000, 400_000, directory.resolve("rec"));
        long slices = recorded.report().position().slice();
        try (Playback straight = playback();
                Playback jumping = playback()) {
            for (int n = 0; n < PLACES; n++) {
                StoredCheckpoint here = written(straight.checkpoint());
                jumping.goTo(read(here, jumping));
                long next = Math.max(straight.position().slice() + 1, (n + 1) * slices / (PLACES + 1));
                straight.playTo(next);
                jumping.playTo(next);
                if (straight.outcome() != null) {
                    break;
                }
                assertThat(jumping.hash()).as("%s, slice %d", guest, next).isEqualTo(straight.hash());
            }
        }
    }

    /// The conformance guests reach all kinds of states of the firmware.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "conform-psci-basic",
                "conform-psci-cpus",
                "conform-psci-suspend",
                "conform-pvtime",
                "conform-sdei-calls",
                "conform-sdei-cpus",
                "conform-sdei-delivery",
                "conform-sdei-states",
                "conform-smccc",
                "conform-trng",
                "conform-vendor",
                "capabilities",
            })
    void theStateOfEveryServiceComesBackEqual(String guest) throws IOException {
        Finished recorded = RUNS.recordSmall(guest, 4, Schedule.RANDOM, 2_000, 4_000_000, directory.resolve("rec"));
        long slices = recorded.report().position().slice();
        try (Playback playback = playback()) {
            assertThat(playback.key().services())
                    .as("the services of a machine by default, each with a version and a shape")
                    .hasSize(10)
                    .allMatch(service -> service.matches("[a-z-]+ \\S+ [0-9a-f]{64}"));
            for (int n = 1; n <= PLACES && playback.outcome() == null; n++) {
                StoredCheckpoint written = written(playback.checkpoint());
                assertThat(read(written, playback).image())
                        .as("%s at %s", guest, playback.position())
                        .isEqualTo(written.image());
                playback.playTo(n * slices / PLACES);
            }
        }
    }

    private static StoredCheckpoint written(Checkpoint checkpoint) {
        return new StoredCheckpoint(
                CheckpointCodec.decode(CheckpointCodec.encode(checkpoint.image())), checkpoint.pages());
    }

    private static Checkpoint read(StoredCheckpoint stored, Playback playback) {
        return Objects.requireNonNull(playback.checkpoint(stored), "it is of this recording");
    }

    private Playback playback() {
        return RUNS.playback(directory.resolve("rec"), (_, _) -> {});
    }
}
