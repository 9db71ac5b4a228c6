package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.machine.Schedule;
import dev.trapline.timeline.Playback;
import dev.trapline.timeline.Seeker;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Seeking back and forth, with a clock that advances by a millisecond at each read.
@Tag("native")
class SeekerTest {

    private static final long MILLISECOND = 1_000_000;
    private static final long PLENTY = 1L << 30;

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "smp-patch, 2, 1073741824",
        "smp-patch, 1000000, 1073741824",
        "smp-race, 3, 200000",
        "reset, 2, 1",
        "smp-counter-a32, 5, 400000",
    })
    void aPlaceIsTheSameFromWhereverAndWithWhateverCheckpoints(String guest, long spacing, long budget)
            throws IOException {
        Finished recorded = RUNS.recordSmall(guest, 4, Schedule.RANDOM, 500, 400_000, directory.resolve("rec"));
        int last = (int) recorded.report().position().slice();
        List<Sight> straight = new ArrayList<>();
        try (Playback playback = playback()) {
            for (int slice = 0; slice <= last; slice++) {
                playback.playTo(slice);
                straight.add(Sight.of(playback));
            }
        }
        Random random = new Random(spacing + budget);
        try (Seeker seeker = seeker(spacing * MILLISECOND, budget)) {
            for (int n = 0; n < 15; n++) {
                int slice = n == 7 ? last : random.nextInt(last + 1);
                seeker.seek(slice);
                assertThat(Sight.of(seeker.playback()))
                        .as("%s, slice %d, with %d checkpoints", guest, slice, seeker.checkpointCount())
                        .isEqualTo(straight.get(slice));
                if (n % 3 == 0 && slice < last) {
                    seeker.playback().playInto(1 + random.nextInt(100));
                }
            }
            seeker.seek(Long.MAX_VALUE);
            assertThat(seeker.playback().report().registerDigest())
                    .as("%s: registers of every slice", guest)
                    .isEqualTo(recorded.report().registerDigest());
        }
    }

    @Test
    void checkpointsAreSpacedInTimeAndThinnedToTheBudget() throws IOException {
        RUNS.recordSmall("smp-race", 4, Schedule.ROUND_ROBIN, 50, 400_000, directory.resolve("rec"));
        int unbounded;
        try (Seeker seeker = seeker(4 * MILLISECOND, PLENTY)) {
            seeker.seek(Long.MAX_VALUE);
            unbounded = seeker.checkpointCount();
            assertThat(unbounded).as("one at the start, and others on the way").isGreaterThan(8);
        }
        try (Seeker seeker = seeker(8 * MILLISECOND, PLENTY)) {
            seeker.seek(Long.MAX_VALUE);
            assertThat(seeker.checkpointCount())
                    .as("twice as far apart, about half as many: each is at the first renewal after its distance")
                    .isBetween(unbounded / 2 - 1, unbounded * 3 / 4);
        }
        long budget = 500_000;
        try (Seeker seeker = seeker(4 * MILLISECOND, budget)) {
            seeker.seek(Long.MAX_VALUE);
            assertThat(seeker.bytes()).as("within the budget").isLessThanOrEqualTo(budget);
            assertThat(seeker.checkpointCount()).as("some remain").isBetween(2, unbounded - 1);
        }
    }

    private Playback playback() {
        return RUNS.playback(directory.resolve("rec"), (_, _) -> {});
    }

    private Seeker seeker(long spacing, long budget) {
        AtomicLong clock = new AtomicLong();
        return new Seeker(playback(), spacing, budget, () -> clock.getAndAdd(MILLISECOND));
    }
}
