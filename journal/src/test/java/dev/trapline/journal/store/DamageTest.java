package dev.trapline.journal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.trapline.abi.Position;
import dev.trapline.journal.ForgedRecording;
import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingDamagedException;
import dev.trapline.journal.RecordingException;
import dev.trapline.journal.SampleRun;
import dev.trapline.journal.codec.Segment;
import dev.trapline.journal.record.JournalRecord;
import dev.trapline.journal.replay.ReplayHistory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DamageTest {

    private static final int FLIPS = Boolean.getBoolean("trapline.full") ? 30_000 : 1_000;

    private static final int ARRANGEMENTS = Boolean.getBoolean("trapline.full") ? 10_000 : 300;

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
                .as("everything before it is there")
                .isEqualTo(Position.ofSlice(segments.get(4).firstSlice()));
    }

    @Test
    void randomlyChangedFilesAreReadRightOrNotAtAll() throws IOException {
        Path path = ForgedRecording.closed(temp.resolve("noise"), "r", run, 2048);
        Path file = RecordingDirectory.at(path).eventFile();
        byte[] good = Files.readAllBytes(file);
        Random random = new Random(42);
        int noticed = 0;
        for (int i = 0; i < FLIPS; i++) {
            byte[] bad = good.clone();
            for (int left = 1 + random.nextInt(3); left > 0; left--) {
                bad[random.nextInt(bad.length)] ^= (byte) (1 + random.nextInt(255));
            }
            Files.write(file, bad);
            noticed += readOrRefuse(path) ? 0 : 1;
        }
        assertThat(noticed).as("most of a file is history").isGreaterThan(FLIPS / 2);
    }

    @Test
    void cutOffFilesAreReadRightOrNotAtAll() throws IOException {
        Path path = ForgedRecording.closed(temp.resolve("cut"), "r", run, 2048);
        Path file = RecordingDirectory.at(path).eventFile();
        byte[] good = Files.readAllBytes(file);
        Random random = new Random(43);
        for (int i = 0; i < FLIPS / 10; i++) {
            Files.write(file, Arrays.copyOf(good, random.nextInt(good.length)));
            readOrRefuse(path);
        }
    }

    @Test
    void segmentsThatAreOutOfPlaceAreNeverReadAsIfTheyWereIn() throws IOException {
        Path path = ForgedRecording.closed(temp.resolve("arranged"), "r", run, 2048);
        Path file = RecordingDirectory.at(path).eventFile();
        List<Segment> foreign = ForgedRecording.segments("other", run, 2048);
        Random dice = new Random(44);
        for (int i = 0; i < ARRANGEMENTS; i++) {
            List<Segment> bad = new ArrayList<>(segments);
            int at = dice.nextInt(bad.size());
            int kind = dice.nextInt(5);
            switch (kind) {
                case 0 -> bad.remove(at);
                case 1 -> bad.add(at, bad.get(dice.nextInt(bad.size())));
                case 2 -> Collections.swap(bad, at, (at + 1 + dice.nextInt(bad.size() - 1)) % bad.size());
                case 3 -> bad.set(at, foreign.get(at));
                default -> {}
            }
            List<EventRow> rows = new ArrayList<>(ForgedRecording.rows(bad, 2));
            if (kind == 4) {
                rows.set(at, newer(rows.get(at)));
            }
            rows.addFirst(ForgedRecording.header("r"));
            Files.delete(file);
            MvEventStore store = new MvEventStore(file);
            store.append(rows);
            store.finish();
            assertThat(readOrRefuse(path))
                    .as("arrangement %d, of kind %d at segment %d", i, kind, at)
                    .isFalse();
        }
    }

    /// The same segment as a later version of the format would have it, with a right checksum.
    private static EventRow newer(EventRow row) {
        byte[] bytes = row.payload().clone();
        bytes[4]++;
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, 44);
        crc.update(bytes, Segment.HEADER_BYTES, bytes.length - Segment.HEADER_BYTES);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(44, (int) crc.getValue());
        return new EventRow(row.sequenceNr(), row.serializerId(), row.manifest(), row.writer(), 0, bytes);
    }

    /// Whether the recording was read to its end; what is read must be right in any case.
    private boolean readOrRefuse(Path path) {
        int read = 0;
        try (StoredRecordingReader reader = StoredRecordingReader.open(path, OpenOptions.STRICT)) {
            for (Iterator<HistoryEntry> entries = reader.entries(); entries.hasNext(); read++) {
                JournalRecord record = entries.next().record();
                if (!record.equals(run.get(read))) {
                    throw new AssertionError("record " + read + " was read as " + record);
                }
            }
        } catch (RecordingException e) {
            return false;
        }
        assertThat(read).as("a closed recording is whole").isEqualTo(run.size());
        return true;
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
