package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static dev.trapline.launcher.CommandProcess.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.Durability;
import dev.trapline.firmware.FirmwareServices;
import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.codec.HeaderCodec;
import dev.trapline.journal.codec.Segment;
import dev.trapline.journal.codec.SegmentBuilder;
import dev.trapline.journal.persistence.JournalEventSerializer;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.journal.store.EventRow;
import dev.trapline.journal.store.MvEventStore;
import dev.trapline.journal.store.RecordingDirectory;
import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.process.Engines;
import dev.trapline.launcher.recording.CheckpointKeyFile;
import dev.trapline.timeline.Playback;
import dev.trapline.timeline.checkpoint.CheckpointImage;
import dev.trapline.timeline.checkpoint.CheckpointStore;
import dev.trapline.timeline.checkpoint.StoredCheckpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Replay on several threads of forged recordings, and with forged checkpoints: the result is that of a sequential
/// replay.
class ForgedPartTest {

    private static final long BUDGET = 1L << 30;

    /// In the middle of the run.
    private static final long FORGED = 2_000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Path recording;

    @BeforeEach
    void record() {
        recording = directory.resolve("rec");
        run(
                "run",
                "--slice",
                "500",
                "--set",
                "run.renewal-interval=200000",
                "--record",
                recording.toString(),
                guest("compute-short"));
        run("journal", "index", recording.toString(), "--set", "replay.checkpoints.spacing=10ms");
    }

    @Test
    void aDivergenceInTheMiddleIsReportedAsOneThreadReportsIt() {
        Path forged = directory.resolve("forged");
        try (RecordingReader reader = Recordings.open(recording, OpenOptions.STRICT)) {
            List<Segment> segments = forge(reader);
            RecordingDirectory made =
                    RecordingDirectory.create(forged, reader.header(), "mvstore", Durability.NONE, reader.images());
            MvEventStore store = new MvEventStore(made.eventFile());
            List<EventRow> rows = new ArrayList<>();
            rows.add(row(1, "header/1", HeaderCodec.encode(reader.header())));
            segments.forEach(segment -> rows.add(row(rows.size() + 1, "segment/1", segment.bytes())));
            store.append(rows);
            store.finish();
            made.markClosed(segments.size(), segments.getLast().digest());
            copyCheckpoints(forged, segments);
        }
        Ended one = run("replay", forged.toString());
        assertThat(one.status()).as(one.err()).isEqualTo(Ending.DIVERGED);
        assertThat(one.err()).contains("slice " + FORGED);
        for (String jobs : new String[] {"2", "4"}) {
            Ended several = run("replay", forged.toString(), "--jobs", jobs);
            assertThat(several.status()).as(several.err()).isEqualTo(Ending.DIVERGED);
            assertThat(several.lastLine()).isEqualTo(one.lastLine());
            assertThat(several.out()).as("the console up to there").isEqualTo(one.out());
            assertThat(several.err())
                    .as("the same report, after a second look")
                    .contains(
                            "replaying from the start to make sure",
                            one.err().substring(one.err().indexOf("The replay diverged")));
        }
        Ended behind = run("replay", forged.toString(), "--at", "3900");
        assertThat(behind.lastLine())
                .as("parts that were not replayed are not reported as correct")
                .contains("no divergence from the checkpoint at slice ")
                .contains("up to slice 3900");
        Ended across = run("replay", forged.toString(), "--to", "3900");
        assertThat(across.status()).as(across.err()).isEqualTo(Ending.DIVERGED);
    }

    @Test
    void aCheckpointThatIsNotWhatTheMachineWasIsNoDivergence() {
        lieAbout(all -> all);
        Ended ended = run("replay", recording.toString(), "--jobs", "2");
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.err()).contains("replaying from the start to make sure");
    }

    @Test
    void anIndexThatBeginsAtAWrongCheckpointIsMadeFromTheStart() {
        lieAbout(all -> List.of(all.getLast()));
        Ended ended = run("journal", "index", recording.toString());
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.err()).contains("replaying from the start to make sure", "is wrong: it is ignored");
        Ended again = run("journal", "index", recording.toString());
        assertThat(again.status()).as(again.err()).isZero();
        assertThat(again.err()).as("it has gone").doesNotContain("to make sure");
    }

    /// Changes checkpoints, and seals them again: the guest's last call would be answered in place.
    ///
    /// @param which of all
    private void lieAbout(UnaryOperator<List<Long>> which) {
        Playback playback = playback();
        try (playback;
                CheckpointStore store =
                        CheckpointStore.open(recording, playback.key(), CheckpointKeyFile.seal(), BUDGET)) {
            for (long slice : which.apply(store.slices())) {
                StoredCheckpoint stored = Objects.requireNonNull(store.read(slice));
                CheckpointImage is = stored.image();
                store.put(
                        new CheckpointImage(
                                is.slice(),
                                is.machine(),
                                is.services(),
                                is.policy().withResident("psci"),
                                is.ram(),
                                is.flash(),
                                is.place()),
                        stored.pages());
            }
        }
    }

    private static List<Segment> forge(RecordingReader reader) {
        SegmentBuilder builder = new SegmentBuilder(reader.segment(0).predecessor(), 4_096);
        List<Segment> segments = new ArrayList<>();
        long slice = 0;
        for (Iterator<HistoryEntry> entries = reader.entries(); entries.hasNext(); ) {
            JournalRecord record = entries.next().record();
            if (record instanceof JournalRecord.Slice is && slice++ == FORGED) {
                record = new JournalRecord.Slice(
                        is.vcpu(), is.began(), is.budget(), is.executed(), is.exit(), is.digest() + 1);
            }
            if (builder.isFullFor(record)) {
                segments.add(builder.seal());
            }
            builder.add(record);
        }
        segments.add(builder.seal());
        return segments;
    }

    /// As if they were checkpoints of the forged recording: at the same slices, in its segments.
    private void copyCheckpoints(Path forged, List<Segment> segments) {
        Playback playback = playback();
        try (playback;
                CheckpointStore from =
                        CheckpointStore.open(recording, playback.key(), CheckpointKeyFile.seal(), BUDGET);
                CheckpointStore to = CheckpointStore.open(forged, playback.key(), CheckpointKeyFile.seal(), BUDGET)) {
            assertThat(from.slices())
                    .as("checkpoints before and after the forgery")
                    .anyMatch(s -> s < FORGED);
            assertThat(from.slices()).anyMatch(s -> s > FORGED);
            for (long slice : from.slices()) {
                StoredCheckpoint stored = from.read(slice);
                if (stored != null) {
                    to.put(with(stored.image(), stored.image().machine(), place(slice, segments)), stored.pages());
                }
            }
        }
    }

    private static CheckpointImage.Place place(long slice, List<Segment> segments) {
        Segment last = segments.getFirst();
        for (Segment segment : segments) {
            last = segment.firstSlice() <= slice ? segment : last;
        }
        // The recording of this guest has only slices, and a digest of all registers after every 64th slice.
        long first = last.firstSlice();
        long records = slice - first + slice / 64 - first / 64;
        return new CheckpointImage.Place(last.ordinal(), last.digest(), (int) records);
    }

    private static CheckpointImage with(CheckpointImage image, Bytes machine, CheckpointImage.Place place) {
        return new CheckpointImage(
                image.slice(), machine, image.services(), image.policy(), image.ram(), image.flash(), place);
    }

    private static EventRow row(long sequenceNr, String manifest, byte[] payload) {
        return new EventRow(sequenceNr, JournalEventSerializer.IDENTIFIER, manifest, "forged", 0, payload);
    }

    private Playback playback() {
        return Playback.of(
                Engines.open(null, null),
                Recordings.open(recording, OpenOptions.STRICT),
                FirmwareServices.onClassPath(),
                (_, _) -> {});
    }
}
