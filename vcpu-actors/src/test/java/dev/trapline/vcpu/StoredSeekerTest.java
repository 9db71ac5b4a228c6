package dev.trapline.vcpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.Durability;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.codec.HeaderCodec;
import dev.trapline.journal.codec.Segment;
import dev.trapline.journal.persistence.JournalEventSerializer;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.journal.store.EventRow;
import dev.trapline.journal.store.MvEventStore;
import dev.trapline.journal.store.RecordingDirectory;
import dev.trapline.timeline.Playback;
import dev.trapline.timeline.Seeker;
import dev.trapline.timeline.checkpoint.CheckpointImage;
import dev.trapline.timeline.checkpoint.CheckpointSeal;
import dev.trapline.timeline.checkpoint.CheckpointStore;
import dev.trapline.timeline.checkpoint.StoredCheckpoint;
import dev.trapline.vcpu.MachineRuns.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Seeking with checkpoints of earlier seeks, with a clock that advances by a millisecond at each read.
@Tag("native")
class StoredSeekerTest {

    private static final long MILLISECOND = 1_000_000;
    private static final long PLENTY = 1L << 30;

    @RegisterExtension
    static final MachineRuns RUNS = new MachineRuns();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private static CheckpointSeal seal(Path recording) {
        return CheckpointSeal.of(recording.resolveSibling("checkpoint.key"));
    }

    @Test
    void aPlaceIsTheSameWithTheCheckpointsOfOthersAndWithout() throws IOException {
        Path recording = record("rec", 400_000);
        Finished straight = RUNS.replay(recording);
        long slices = straight.report().position().slice();
        index(recording);
        Random random = new Random(3);
        for (int n = 0; n < 12; n++) {
            long slice = random.nextLong(slices);
            Sight there = sight(recording, slice, false);
            assertThat(sight(recording, slice, true)).as("slice %d", slice).isEqualTo(there);
            if (n == 6) {
                damage(recording);
            }
            if (n == 9) {
                delete(recording);
            }
        }
    }

    @Test
    void aSeekerOfAnotherProcessBeginsWhereThisOneWas() throws IOException {
        Path recording = record("rec", 400_000);
        int made = index(recording);
        assertThat(made).as("a few, a millisecond and more apart").isGreaterThan(4);
        Playback playback = RUNS.playback(recording, (_, _) -> {});
        try (CheckpointStore store = CheckpointStore.open(recording, playback.key(), seal(recording), PLENTY);
                Seeker seeker = seeker(playback, store)) {
            List<Long> slices = store.slices();
            seeker.seek(slices.get(3) + 1);
            assertThat(seeker.origin()).isEqualTo(new Seeker.Origin(slices.get(3), true));
            assertThat(seeker.reliesOnStore()).isTrue();
            seeker.seek(Long.MAX_VALUE);
            assertThat(seeker.origin()).as("the last one").isEqualTo(new Seeker.Origin(slices.getLast(), true));
            assertThat(store.slices()).as("no checkpoint is made twice").isEqualTo(slices);
        }
    }

    /// A recording that was cut off and continued differs from there on: it has other segments, even if its records
    /// are the same.
    @Test
    void checkpointsOfARecordingThatWasCutAndContinuedLeadNowhereElse() throws IOException {
        Path whole = record("whole", 400_000);
        Path cut = directory.resolve("cut");
        List<Segment> segments = new ArrayList<>();
        try (RecordingReader reader = Recordings.open(whole, OpenOptions.STRICT)) {
            for (long n = 0; n < reader.segmentCount(); n++) {
                segments.add(reader.segment(n));
            }
            assertThat(segments.size()).as("there is something to cut").isGreaterThan(2);
            write(cut, reader, segments.subList(0, segments.size() / 2));
        }
        index(whole);
        RUNS.proceed(cut, "another text\rq");
        Files.createDirectory(cut.resolve("checkpoints"));
        Path from = whole.resolve("checkpoints").resolve("store.mv");
        Files.copy(from, cut.resolve("checkpoints").resolve("store.mv"));
        Playback playback = RUNS.playback(cut, (_, _) -> {});
        try (CheckpointStore store = CheckpointStore.open(cut, playback.key(), seal(cut), PLENTY);
                Seeker seeker = seeker(playback, store)) {
            seeker.seek(Long.MAX_VALUE);
            Finished straight = RUNS.replay(cut);
            assertThat(seeker.playback().outcome())
                    .as("the end of the continued run")
                    .isEqualTo(straight.report().outcome());
            assertThat(seeker.playback().report().registerDigest())
                    .as("registers of every slice")
                    .isEqualTo(straight.report().registerDigest());
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 0", "1000, 0, 0", "-100000, 0, 0", "0, 0, 1000000"})
    void oneOfAnotherHistoryIsDroppedAndTheOneBeforeTaken(long segments, long digest, int records) throws IOException {
        Path recording = record("rec", 400_000);
        index(recording);
        Playback playback = RUNS.playback(recording, (_, _) -> {});
        try (CheckpointStore store = CheckpointStore.open(recording, playback.key(), seal(recording), PLENTY);
                Seeker seeker = seeker(playback, store)) {
            List<Long> slices = store.slices();
            long last = slices.getLast();
            StoredCheckpoint stored = Objects.requireNonNull(store.read(last));
            CheckpointImage.Place place = stored.image().place();
            CheckpointImage.Place other = new CheckpointImage.Place(
                    Math.max(-1, place.segment() + segments), place.digest() + digest, place.records() + records);
            store.put(at(other, stored.image()), stored.pages());
            seeker.seek(last + 1);
            assertThat(seeker.origin())
                    .as("with a checkpoint that is said to be at %s", other)
                    .isEqualTo(new Seeker.Origin(slices.get(slices.size() - 2), true));
            assertThat(store.notice()).contains("is not of this recording as it is today");
        }
    }

    @Test
    void oneWhoseStateIsNotAMachinesIsDroppedAndTheReplayBeginsAtTheStart() throws IOException {
        Path recording = record("rec", 400_000);
        index(recording);
        Playback playback = RUNS.playback(recording, (_, _) -> {});
        try (CheckpointStore store = CheckpointStore.open(recording, playback.key(), seal(recording), PLENTY);
                Seeker seeker = seeker(playback, store)) {
            long last = store.slices().getLast();
            StoredCheckpoint stored = Objects.requireNonNull(store.read(last));
            CheckpointImage is = stored.image();
            Bytes cut = Bytes.copyOf(is.machine().toArray(), 0, is.machine().size() - 1);
            store.put(
                    new CheckpointImage(is.slice(), cut, is.services(), is.policy(), is.ram(), is.flash(), is.place()),
                    stored.pages());
            seeker.seek(last + 1);
            assertThat(seeker.origin()).isEqualTo(new Seeker.Origin(0, false));
            assertThat(seeker.position().slice()).isEqualTo(last + 1);
            assertThat(playback.outcome()).as("no divergence").isNull();
            assertThat(store.notice()).contains("is not of this machine");
        }
    }

    private static CheckpointImage at(CheckpointImage.Place place, CheckpointImage is) {
        return new CheckpointImage(is.slice(), is.machine(), is.services(), is.policy(), is.ram(), is.flash(), place);
    }

    private static void write(Path target, RecordingReader like, List<Segment> segments) {
        RecordingDirectory made =
                RecordingDirectory.create(target, like.header(), "mvstore", Durability.NONE, like.images());
        MvEventStore store = new MvEventStore(made.eventFile());
        List<EventRow> rows = new ArrayList<>();
        rows.add(row(1, "header/1", HeaderCodec.encode(like.header())));
        for (Segment segment : segments) {
            rows.add(row(rows.size() + 1, "segment/1", segment.bytes()));
        }
        store.append(rows);
        store.finish();
    }

    private static EventRow row(long sequenceNr, String manifest, byte[] payload) {
        return new EventRow(sequenceNr, JournalEventSerializer.IDENTIFIER, manifest, "cut", 0, payload);
    }

    private Path record(String name, long limit) throws IOException {
        Path recording = directory.resolve(name);
        RUNS.recordSmall("smp-race", 4, Schedule.RANDOM, 50, limit, recording);
        return recording;
    }

    private static Seeker seeker(Playback playback, CheckpointStore store) {
        AtomicLong clock = new AtomicLong();
        return new Seeker(playback, store, 4 * MILLISECOND, PLENTY, () -> clock.getAndAdd(MILLISECOND));
    }

    private static int index(Path recording) {
        Playback playback = RUNS.playback(recording, (_, _) -> {});
        try (CheckpointStore store = CheckpointStore.open(recording, playback.key(), seal(recording), PLENTY);
                Seeker seeker = seeker(playback, store)) {
            seeker.seek(Long.MAX_VALUE);
            return store.slices().size();
        }
    }

    private static Sight sight(Path recording, long slice, boolean stored) {
        Playback playback = RUNS.playback(recording, (_, _) -> {});
        try (CheckpointStore store = CheckpointStore.open(recording, playback.key(), seal(recording), PLENTY);
                Seeker seeker = seeker(playback, store)) {
            if (stored) {
                seeker.seek(slice);
            } else {
                playback.playTo(slice);
            }
            return Sight.of(playback);
        }
    }

    private static void damage(Path recording) throws IOException {
        Path file = recording.resolve("checkpoints").resolve("store.mv");
        byte[] bytes = Files.readAllBytes(file);
        new Random(5).ints(40, 8_192, bytes.length).forEach(at -> bytes[at] ^= 0x55);
        Files.write(file, bytes);
    }

    private static void delete(Path recording) throws IOException {
        Path checkpoints = recording.resolve("checkpoints");
        Files.delete(checkpoints.resolve("store.mv"));
        Files.delete(checkpoints.resolve("lock"));
        Files.delete(checkpoints);
    }
}
