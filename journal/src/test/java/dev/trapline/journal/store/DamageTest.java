package dev.trapline.journal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.trapline.abi.Position;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.RecordingDamagedException;
import dev.trapline.journal.ForgedRecording;
import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.SampleRun;
import dev.trapline.journal.codec.Segment;
import dev.trapline.journal.replay.ReplayHistory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Segments in wrong positions, one case each; [CorruptionTest] makes random changes.
class DamageTest {

    private final List<JournalRecord> run = SampleRun.records(1_000);
    private final List<Segment> segments = ForgedRecording.segments("r", run, 2048);

    @TempDir
    Path temp;

    @Test
    void aMissingSegmentIsNamed() {
        List<Segment> left = new ArrayList<>(segments);
        left.remove(2);
        assertDamagedAt(2, left);
    }

    @Test
    void swappedSegmentsAreNamed() {
        List<Segment> swapped = new ArrayList<>(segments);
        Collections.swap(swapped, 1, 2);
        assertDamagedAt(1, swapped);
    }

    @Test
    void aDoubledSegmentIsNamed() {
        List<Segment> doubled = new ArrayList<>(segments);
        doubled.add(3, segments.get(2));
        assertDamagedAt(3, doubled);
    }

    @Test
    void aSegmentOfAnotherRecordingIsNamed() {
        List<Segment> foreign = new ArrayList<>(segments);
        List<Segment> other = ForgedRecording.segments("other", run, 2048);
        foreign.set(2, other.get(2));
        assertDamagedAt(2, foreign);
    }

    @Test
    void theFirstSegmentOfAnotherRecordingIsNamed() {
        List<Segment> foreign = new ArrayList<>(segments);
        foreign.set(0, ForgedRecording.segments("other", run, 2048).getFirst());
        assertDamagedAt(0, foreign);
    }

    @Test
    void aClosedRecordingThatHasLostItsTailIsDamaged() {
        Path path = ForgedRecording.open(temp.resolve("tail"), "r", segments.subList(0, 4));
        RecordingDirectory.at(path)
                .markClosed(segments.size(), segments.getLast().digest());
        RecordingDamagedException e = catchThrowableOfType(
                RecordingDamagedException.class, () -> StoredRecordingReader.open(path, OpenOptions.STRICT));
        assertThat(e).hasMessageContaining(segments.size() + " segments and has 4");
        assertThat(e.segment()).isEqualTo(4);
        assertThat(e.position())
                .as("everything before it can be read")
                .isEqualTo(Position.ofSlice(segments.get(4).firstSlice()));
    }

    private void assertDamagedAt(int segment, List<Segment> stored) {
        Path path = ForgedRecording.open(temp.resolve("rec"), "r", stored);
        long slice = segments.get(segment).firstSlice();
        try (StoredRecordingReader reader = StoredRecordingReader.open(path, OpenOptions.STRICT)) {
            RecordingDamagedException e = catchThrowableOfType(
                    RecordingDamagedException.class, () -> reader.entries().forEachRemaining(DamageTest::ignore));
            assertThat(e.segment()).isEqualTo(segment);
            assertThat(e.position()).isEqualTo(Position.ofSlice(slice));
        }
        ReplayHistory replay = new ReplayHistory(StoredRecordingReader.open(path, OpenOptions.STRICT));
        RecordingDamagedException e = catchThrowableOfType(RecordingDamagedException.class, () -> play(replay));
        assertThat(e.segment()).as("it is not replayed either").isEqualTo(segment);
        assertThat(e).hasMessageContaining("segment " + segment).hasMessageContaining("slice " + slice);
    }

    private void play(ReplayHistory replay) {
        for (JournalRecord record : run) {
            if (replay.nextRecordedInput() == null) {
                replay.append(record);
            }
        }
    }

    private static void ignore(HistoryEntry entry) {}
}
