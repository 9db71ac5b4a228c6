package dev.trapline.vcpu;

import static dev.trapline.vcpu.MachineRuns.assertAsRecorded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.machine.Schedule;
import dev.trapline.machine.RunReport.OpenHandler;
import dev.trapline.testkit.Guests;
import dev.trapline.timeline.Checkpoint;
import dev.trapline.timeline.Playback;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Checkpoints of real guests: any use of them leads to the recorded history.
@Tag("native")
class CheckpointTest {

    private static final int EVENTS = 100;
    private static final int PLACES = Boolean.getBoolean("trapline.full") ? 100 : 12;

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    /// STXR compares the value that LDXR has left in the CPU. A checkpoint between the two must keep it.
    @Test
    void oneAtEveryInstructionOfAnExclusiveLoopRestoresExactly() throws IOException {
        Finished recorded = RUNS.recordSmall("smp-counter", 2, Schedule.RANDOM, 1, 30_000, directory.resolve("rec"));
        long last = recorded.report().position().slice();
        long first = Math.max(0, last - 400);
        try (Playback straight = playback();
                Playback jumping = playback()) {
            straight.playTo(first);
            jumping.playTo(first);
            for (long slice = first; slice < last - 1; slice++) {
                jumping.goTo(jumping.checkpoint());
                straight.playTo(slice + 1);
                jumping.playTo(slice + 1);
                assertThat(Sight.of(jumping))
                        .as("slice %d, after engines were replaced at its beginning", slice + 1)
                        .isEqualTo(Sight.of(straight));
            }
            jumping.playTo(Long.MAX_VALUE);
            assertThat(jumping.report().registerDigest())
                    .as("registers of every slice")
                    .isEqualTo(recorded.report().registerDigest());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "smp-patch, ROUND_ROBIN",
        "smp-patch, RANDOM",
        "smp-counter-t32, RANDOM",
        "reset, RANDOM",
        "conform-psci-suspend, ROUND_ROBIN",
        "conform-pvtime, RANDOM",
        "fp, RANDOM",
        "sysregs, ROUND_ROBIN",
        "sdei-bad-never, ROUND_ROBIN",
        "conform-sdei-cpus, RANDOM",
    })
    void fromEachOneTheRestOfTheHistoryFollows(String guest, Schedule schedule) throws IOException {
        Finished recorded = RUNS.recordSmall(guest, 4, schedule, 2_000, 400_000, directory.resolve("rec"));
        long slices = recorded.report().position().slice();
        try (Playback playback = playback()) {
            List<Checkpoint> checkpoints = new ArrayList<>();
            List<Sight> sights = new ArrayList<>();
            for (int n = 0; n < PLACES; n++) {
                playback.playTo(n * slices / PLACES);
                if (playback.outcome() == null) {
                    checkpoints.add(playback.checkpoint());
                    sights.add(Sight.of(playback));
                }
            }
            for (int n = checkpoints.size() - 1; n >= 0; n--) {
                playback.goTo(checkpoints.get(n));
                assertThat(Sight.of(playback))
                        .as("%s, back at checkpoint %d", guest, n)
                        .isEqualTo(sights.get(n));
                playback.playTo(Long.MAX_VALUE);
                assertAsRecorded(playback.report(), recorded, guest + ", the rest from checkpoint " + n);
            }
        }
    }

    /// The context that an event interrupted is kept outside the CPU. A checkpoint must restore it for each nested
    /// handler.
    @Test
    void oneInsideOfHandlersRestoresWhatTheyInterrupted() throws IOException {
        Finished recorded = RUNS.record(
                SdeiChecksumTest.spec(1),
                Guests.image("sdei-checksum.elf"),
                SdeiChecksumTest.planned(1, EVENTS),
                directory.resolve("rec"));
        List<Checkpoint> nested = new ArrayList<>();
        List<Sight> sights = new ArrayList<>();
        try (Playback playback = playback()) {
            for (long slice = 1; playback.outcome() == null; slice++) {
                if (!playback.openHandlers().isEmpty()) {
                    Checkpoint here = playback.checkpoint();
                    playback.goTo(here);
                    if (isNested(playback.openHandlers())) {
                        nested.add(here);
                        sights.add(Sight.of(playback));
                    }
                }
                playback.playTo(slice);
            }
            assertAsRecorded(playback.report(), recorded, "engines replaced in every handler");
            assertThat(nested)
                    .as("positions in a handler that interrupted another one")
                    .isNotEmpty();
            for (int n = nested.size() - 1; n >= 0; n -= 1 + nested.size() / PLACES) {
                playback.goTo(nested.get(n));
                assertThat(Sight.of(playback))
                        .as("back at checkpoint %d in a handler that interrupted another one", n)
                        .isEqualTo(sights.get(n));
                playback.playTo(Long.MAX_VALUE);
                assertAsRecorded(playback.report(), recorded, "the rest from checkpoint " + n);
            }
        }
    }

    private static boolean isNested(List<OpenHandler> handlers) {
        return handlers.stream().map(OpenHandler::vcpu).distinct().count() < handlers.size();
    }

    @ParameterizedTest
    @CsvSource({"smp-hello, RANDOM", "smp-race, RANDOM", "smp-patch, ROUND_ROBIN", "smp-counter-a32, RANDOM"})
    void aPlaceReachedByJumpsIsThePlaceReachedStraight(String guest, Schedule schedule) throws IOException {
        Finished recorded = RUNS.recordSmall(guest, 4, schedule, 2_000, 400_000, directory.resolve("rec"));
        int slices = (int) recorded.report().position().slice();
        Random random = new Random(7);
        try (Playback jumping = playback()) {
            List<Checkpoint> checkpoints = new ArrayList<>(List.of(jumping.checkpoint()));
            for (int n = 0; n < PLACES; n++) {
                int slice = random.nextInt(slices);
                int instruction = 1 + random.nextInt(20);
                jumping.goTo(checkpoints.get(random.nextInt(checkpoints.size())));
                if (jumping.position().slice() > slice) {
                    jumping.goTo(checkpoints.get(0));
                }
                jumping.playTo(slice);
                checkpoints.add(jumping.checkpoint());
                try (Playback straight = playback()) {
                    straight.playTo(slice);
                    assertThat(Sight.of(jumping))
                            .as("%s, slice %d", guest, slice)
                            .isEqualTo(Sight.of(straight));
                    assertThat(jumping.playInto(instruction))
                            .as("%s: whether slice %d has more than %d instructions", guest, slice, instruction)
                            .isEqualTo(straight.playInto(instruction));
                    assertThat(Sight.of(jumping))
                            .as("%s, slice %d:%d", guest, slice, instruction)
                            .isEqualTo(Sight.of(straight));
                }
            }
        }
    }

    @Test
    void equalPagesAreKeptOnce() throws IOException {
        RUNS.recordSmall("spin", 1, Schedule.ROUND_ROBIN, 2_000, 400_000, directory.resolve("rec"));
        try (Playback playback = playback()) {
            playback.checkpoint();
            long first = playback.pagesKept();
            playback.checkpoint();
            assertThat(playback.pagesKept()).as("nothing has changed").isEqualTo(first);
            playback.playTo(1);
            playback.checkpoint();
            assertThat(playback.pagesKept() - first)
                    .as("a slice of a loop that writes nothing")
                    .isLessThanOrEqualTo(2);
        }
    }

    @Test
    void thereIsNoneOfWhatIsOver() throws IOException {
        RUNS.recordSmall("exit-42", 1, Schedule.ROUND_ROBIN, 2_000, 400_000, directory.resolve("rec"));
        try (Playback playback = playback()) {
            Checkpoint start = playback.checkpoint();
            playback.playTo(Long.MAX_VALUE);
            assertThatThrownBy(playback::checkpoint).as("nothing follows").isInstanceOf(IllegalStateException.class);
            playback.goTo(start);
            assertThat(playback.outcome()).as("the run continues").isNull();
        }
    }

    private Playback playback() {
        return RUNS.playback(directory.resolve("rec"), (_, _) -> {});
    }
}
