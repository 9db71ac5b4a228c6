package dev.trapline.journal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.machine.Durability;
import dev.trapline.journal.ForgedRecording;
import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.SampleRun;
import dev.trapline.journal.codec.Segment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Cuts the power of a recorder's disk at random times: everything that was reported as durable is kept, all kept
/// records are correct, and the recording can be opened.
class PowerCutTest {

    private static final int SEEDS = Boolean.getBoolean("trapline.full") ? 1_000 : 100;

    private final List<JournalRecord> run = SampleRun.records(700);
    private final List<Segment> segments = ForgedRecording.segments("power", run, 1024);

    @TempDir
    Path temp;

    @ParameterizedTest
    @EnumSource(Durability.class)
    void whatWasDurableOutlivesAPowerCutAndNothingWrongIsRead(Durability durability) throws IOException {
        int cutBack = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            cutBack += cutAndRead(durability, new Random(seed), temp.resolve(durability.id() + seed), seed) ? 1 : 0;
        }
        assertThat(cutBack)
                .as("the disk loses data: parts of some recordings had to be cut off")
                .isGreaterThan(SEEDS / 20);
    }

    /// Whether a part had to be cut off.
    private boolean cutAndRead(Durability durability, Random dice, Path directory, int seed) throws IOException {
        Path disk = temp.resolve("disk-" + durability.id() + seed + ".mv");
        FaultyDisk.Medium medium = FaultyDisk.of(disk);
        MvEventStore store = FaultyDisk.store(disk, durability == Durability.EVERY_SEGMENT);
        store.append(List.of(ForgedRecording.header("power")));
        store.sync();
        byte[] forced = medium.content();
        long durable = 1;
        int writes = 5 + dice.nextInt(segments.size() - 5);
        int next = 0;
        while (next < writes) {
            int batch = Math.min(1 + dice.nextInt(3), writes - next);
            store.append(ForgedRecording.rows(segments.subList(next, next + batch), next + 2));
            next += batch;
            if (durability == Durability.INTERVAL && dice.nextInt(8) == 0) {
                store.sync();
            }
            if (store.durableSequenceNr() > durable) {
                durable = store.durableSequenceNr();
                forced = medium.content();
            }
        }
        if (dice.nextBoolean() && next < segments.size()) {
            // The power fails during a write: of its bytes, the disk also keeps a random part.
            medium.failAfter(0, true);
            List<EventRow> last = ForgedRecording.rows(segments.subList(next, next + 1), next + 2);
            assertThatThrownBy(() -> store.append(last)).isInstanceOf(RecordingException.class);
            next++;
        }
        RecordingDirectory made = RecordingDirectory.create(
                directory, SampleRun.header("power"), Manifest.MVSTORE, durability, SampleRun.images());
        medium.cutPower(forced, made.eventFile(), dice);
        store.close();
        boolean cut = read(directory, durable - 1, next, seed);
        Files.delete(disk);
        return cut;
    }

    private boolean read(Path directory, long durable, int written, int seed) {
        try (StoredRecordingReader reader = StoredRecordingReader.open(directory, OpenOptions.STRICT)) {
            assertThat(reader.segmentCount())
                    .as("seed %d: everything durable can be read, and no more than was written", seed)
                    .isBetween(durable, (long) written);
            int read = 0;
            for (Iterator<HistoryEntry> entries = reader.entries(); entries.hasNext(); read++) {
                assertThat(entries.next().record())
                        .as("seed %d: record %d", seed, read)
                        .isEqualTo(run.get(read));
            }
            assertThat(reader.notice())
                    .as("seed %d: it says that it was not closed", seed)
                    .contains("was not closed");
            return String.valueOf(reader.notice()).contains("cannot be read");
        } catch (RecordingException e) {
            throw new AssertionError("seed " + seed + ": it should open without a repair step", e);
        }
    }
}
