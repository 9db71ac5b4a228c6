package dev.trapline.journal.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.RecordingDamagedException;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingHeader.ImageRef;
import dev.trapline.abi.machine.Durability;
import dev.trapline.journal.ForgedRecording;
import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.SampleRun;
import dev.trapline.journal.codec.JournalFormat;
import dev.trapline.journal.codec.Segment;
import dev.trapline.journal.store.Corruption.Change;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random changes of a recording: it is refused with a kind and a position, or it is read as it was written up to the
/// reported position.
class CorruptionTest {

    private static final int CORRUPTIONS = Boolean.getBoolean("trapline.full") ? 10_000 : 1_000;

    private final List<JournalRecord> run = SampleRun.records(1_000);
    private final List<Segment> segments = ForgedRecording.segments("r", run, 2048);
    private final List<Segment> foreign = ForgedRecording.segments("other", run, 2048);

    @TempDir
    Path temp;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nothingThatWasChangedIsAcceptedSilently(boolean closed) throws IOException {
        Path recording = closed ? ForgedRecording.closed(temp.resolve("rec"), "r", run, 2048) : crashed();
        SortedMap<Path, byte[]> good = files(recording);
        Map<Change, Integer> noticed = new EnumMap<>(Change.class);
        Random dice = new Random(closed ? 45 : 46);
        int done = 0;
        while (done < CORRUPTIONS) {
            for (Change change : Change.values()) {
                String what = "corruption %d, %s, of a recording that was %s"
                        .formatted(done++, change, closed ? "closed" : "open");
                corrupt(recording, change, dice);
                if (isNoticed(recording, closed, what)) {
                    noticed.merge(change, 1, Integer::sum);
                } else {
                    assertThat(change.isOfContent())
                            .as("%s: it was read to its end, and nothing was reported", what)
                            .isFalse();
                }
                restore(recording, good);
            }
        }
        assertThat(noticed.keySet()).as("each kind of change matters").containsExactlyInAnyOrder(Change.values());
    }

    /// A recording whose process was killed: part of it was forced to the disk, and the store has unused parts of
    /// files.
    private Path crashed() throws IOException {
        Path path = temp.resolve("rec");
        RecordingDirectory directory = RecordingDirectory.create(
                path, SampleRun.header("r"), Manifest.MVSTORE, Durability.INTERVAL, SampleRun.images());
        write(directory.eventFile(), ForgedRecording.header("r"), ForgedRecording.rows(segments, 2), false);
        return path;
    }

    private static void write(Path file, EventRow header, List<EventRow> rows, boolean finish) throws IOException {
        Files.deleteIfExists(file);
        MvEventStore store = new MvEventStore(file);
        store.append(List.of(header));
        for (int from = 0; from < rows.size(); from += 3) {
            store.append(rows.subList(from, Math.min(from + 3, rows.size())));
            if (from < rows.size() / 2) {
                store.sync();
            }
        }
        if (finish) {
            store.finish();
        }
        store.close();
    }

    private void corrupt(Path recording, Change change, Random dice) throws IOException {
        RecordingDirectory directory = RecordingDirectory.at(recording);
        switch (change) {
            case BITS, NOISE, BLOCKS_SWAPPED, BLOCK_DOUBLED, CUT_OFF ->
                Corruption.ofBytes(directory.eventFile(), change, dice);
            case MANIFEST_BITS -> Corruption.ofBytes(recording.resolve("manifest"), Change.BITS, dice);
            case MANIFEST_NEWER -> {
                Path manifest = recording.resolve("manifest");
                Files.writeString(
                        manifest,
                        Files.readString(manifest)
                                .replace(
                                        "format = " + JournalFormat.VERSION,
                                        "format = " + (JournalFormat.VERSION + 1)));
            }
            case IMAGE_BITS -> {
                ImageRef image = ImageRef.of(
                        SampleRun.images().get(dice.nextInt(SampleRun.images().size())));
                Corruption.ofBytes(directory.image(image), Change.BITS, dice);
            }
            case HEADER_FOREIGN ->
                write(
                        directory.eventFile(),
                        ForgedRecording.header("other"),
                        ForgedRecording.rows(segments, 2),
                        isClosed(directory));
            case SEGMENT_MISSING, SEGMENT_DOUBLED, SEGMENTS_SWAPPED, SEGMENT_FOREIGN, SEGMENT_NEWER ->
                write(
                        directory.eventFile(),
                        ForgedRecording.header("r"),
                        Corruption.arranged(segments, foreign, change, dice),
                        isClosed(directory));
        }
    }

    private static boolean isClosed(RecordingDirectory directory) {
        return directory.manifest().closed();
    }

    /// Whether anything is missing, or reported as missing. Each record that is read must be correct, and their end
    /// must be reported.
    private boolean isNoticed(Path path, boolean closed, String what) {
        int read = 0;
        int slices = 0;
        boolean opened = false;
        try (StoredRecordingReader reader = StoredRecordingReader.open(path, OpenOptions.STRICT)) {
            opened = true;
            String notice = reader.notice();
            for (Iterator<HistoryEntry> entries = reader.entries(); entries.hasNext(); read++) {
                JournalRecord record = entries.next().record();
                assertThat(record).as("%s: record %d", what, read).isEqualTo(run.get(read));
                slices += record instanceof JournalRecord.Slice ? 1 : 0;
            }
            if (closed) {
                assertThat(read).as("%s: a closed recording is whole", what).isEqualTo(run.size());
            } else {
                assertThat(notice)
                        .as("%s: it reports its end", what)
                        .contains(read == 0 ? "no whole segment" : "and slice " + slices);
            }
            return read < run.size() || String.valueOf(notice).contains("what follows cannot be read");
        } catch (RecordingDamagedException e) {
            if (opened) {
                assertThat(e.position().slice())
                        .as("%s: the position is the end of the last correct record: %s", what, e.getMessage())
                        .isEqualTo(slices);
            }
            assertThat(e)
                    .as(what)
                    .hasMessageContaining("segment " + e.segment())
                    .hasMessageContaining("slice ");
        } catch (RecordingException e) {
            assertThat(e.kind())
                    .as("%s: %s", what, e.getMessage())
                    .isIn(
                            RecordingException.Kind.DAMAGED,
                            RecordingException.Kind.NOT_SUPPORTED,
                            RecordingException.Kind.NOT_A_RECORDING,
                            RecordingException.Kind.IMAGE_CHANGED);
            assertThat(e).as("%s: it reports the position", what).hasMessageContaining(path.toString());
        }
        return true;
    }

    private static SortedMap<Path, byte[]> files(Path recording) throws IOException {
        SortedMap<Path, byte[]> files = new TreeMap<>();
        try (var all = Files.walk(recording)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(file, Files.readAllBytes(file));
            }
        }
        return files;
    }

    private static void restore(Path recording, SortedMap<Path, byte[]> good) throws IOException {
        List<Path> there = new ArrayList<>(files(recording).keySet());
        there.removeAll(good.keySet());
        for (Path extra : there) {
            Files.delete(extra);
        }
        for (var file : good.entrySet()) {
            if (!Arrays.equals(Files.readAllBytes(file.getKey()), file.getValue())) {
                Files.write(file.getKey(), file.getValue());
            }
        }
    }
}
