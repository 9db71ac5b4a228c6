package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Position;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.timeline.Checkpoints;
import dev.trapline.timeline.Playback;
import dev.trapline.timeline.Seeker;
import dev.trapline.timeline.Timeline;
import dev.trapline.timeline.checkpoint.CheckpointImage;
import dev.trapline.timeline.checkpoint.CheckpointSeal;
import dev.trapline.timeline.checkpoint.CheckpointStore;
import dev.trapline.timeline.checkpoint.StoredCheckpoint;
import dev.trapline.timeline.verify.ParallelReplay;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Checkpoints with the right seal whose content is not a state of the machine: of another build with the same version,
/// or made by somebody who shares the key. Nothing depends on them.
@Tag("native")
class LyingCheckpointTest {

    private static final int VCPUS = 4;
    /// Where the state of the whole machine ends, and the engines begin: what is in there goes to the library.
    private static final int MACHINE = 500;
    private static final int STEP = Boolean.getBoolean("trapline.full") ? 1 : 7;
    private static final long PLENTY = 1L << 30;
    private static final long NEVER = Long.MAX_VALUE / 4;

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private StoredCheckpoint truth;

    @BeforeEach
    void makeOne() throws IOException {
        RUNS.recordSmall("smp-race", VCPUS, Schedule.ROUND_ROBIN, 50, 40_000, recording());
        Playback playback = playback();
        AtomicLong clock = new AtomicLong();
        try (CheckpointStore store = store(playback);
                Seeker seeker = new Seeker(playback, store, 1, PLENTY, clock::incrementAndGet)) {
            seeker.seek(600);
            truth = Objects.requireNonNull(store.read(store.slices().getLast()));
        }
    }

    private Path recording() {
        return directory.resolve("rec");
    }

    private CheckpointSeal seal() {
        return CheckpointSeal.of(directory.resolve("checkpoint.key"));
    }

    private Playback playback() {
        return RUNS.playback(recording(), (_, _) -> {});
    }

    private CheckpointStore store(Playback playback) {
        return CheckpointStore.open(recording(), playback.key(), seal(), PLENTY);
    }

    private Checkpoints checkpoints(List<String> notices) {
        return new Checkpoints(recording(), true, seal(), PLENTY, NEVER, () -> 0, notices::add);
    }

    /// Puts another content in its place, with its seal.
    private void lie(byte[] machine, List<Bytes> services) {
        CheckpointImage is = truth.image();
        try (Playback playback = playback();
                CheckpointStore store = store(playback)) {
            store.put(
                    new CheckpointImage(
                            is.slice(), Bytes.copyOf(machine), services, is.policy(), is.ram(), is.flash(), is.place()),
                    truth.pages());
        }
    }

    private byte[] machine() {
        return truth.image().machine().toArray();
    }

    /// Looks at a position behind it, within a slice.
    private void assertReached(String lie) {
        Position wanted = Position.within(truth.image().slice() + 1, 3);
        List<String> notices = new ArrayList<>();
        Timeline.Result result = new Timeline(RUNS.recorded(recording()), checkpoints(notices), _ -> {})
                .make(
                        seeker -> {
                            seeker.seek(wanted.slice());
                            boolean reached = seeker.reach(wanted);
                            seeker.playback().view(wanted);
                            return reached ? wanted : null;
                        },
                        (_, _) -> {});
        assertThat(result).as("%s: %s", lie, notices).isInstanceOf(Timeline.Result.Arrived.class);
    }

    @Test
    void aPositionIsReachedWhateverTheMachinesStateSays() {
        for (int at = 0; at < MACHINE; at += STEP) {
            byte[] machine = machine();
            machine[at] ^= (byte) 0xff;
            lie(machine, truth.image().services());
            assertReached("byte " + at);
        }
    }

    @Test
    void aPositionIsReachedWhateverAServicesStateSays() {
        for (int service = 0; service < truth.image().services().size(); service++) {
            byte[] state = truth.image().services().get(service).toArray();
            for (int at = 0; at < state.length; at += Math.max(1, state.length / 8)) {
                byte[] changed = state.clone();
                changed[at] ^= (byte) 0xff;
                List<Bytes> services = new ArrayList<>(truth.image().services());
                services.set(service, Bytes.copyOf(changed));
                lie(machine(), services);
                assertReached("service " + service + ", byte " + at);
            }
        }
    }

    @Test
    void aReplayInPartsIsDoubtedAndNotBroken() {
        for (int at = 0; at < MACHINE; at += 5 * STEP) {
            byte[] machine = machine();
            machine[at] ^= (byte) 0xff;
            lie(machine, truth.image().services());
            ParallelReplay.Result result = new ParallelReplay(
                            RUNS.recorded(recording()), checkpoints(new ArrayList<>()), (_, _) -> {}, (_, _, _) -> {})
                    .replay(2);
            assertThat(result).as("byte %d", at).isInstanceOf(ParallelReplay.Result.Doubted.class);
        }
    }
}
