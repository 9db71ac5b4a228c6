package dev.trapline.journal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Position;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import dev.trapline.abi.machine.Durability;
import dev.trapline.journal.ForgedRecording;
import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.SampleRun;
import dev.trapline.journal.codec.HeaderCodec;
import dev.trapline.journal.codec.JournalFormat;
import dev.trapline.journal.codec.Segment;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordingReaderTest {

    private final List<JournalRecord> run = SampleRun.records(1_000);

    @TempDir
    Path temp;

    @Test
    void lookingAtARecordingChangesNoByteOfIt() throws IOException {
        Path closed = ForgedRecording.closed(temp.resolve("closed"), "r", run, 2048);
        Path open = ForgedRecording.open(
                temp.resolve("open"),
                "r",
                ForgedRecording.segments("r", run, 2048).subList(0, 3));
        for (Path path : List.of(closed, open)) {
            SortedMap<String, String> before = content(path);
            try (StoredRecordingReader reader = open(path)) {
                reader.entries().forEachRemaining(RecordingReaderTest::ignore);
                reader.refresh();
            }
            assertThat(content(path)).isEqualTo(before);
        }
    }

    @Test
    void aRecordingCanBeReadFromAPlaceThatCannotBeWritten() throws IOException {
        Path path = ForgedRecording.closed(temp.resolve("rec"), "r", run, 2048);
        Path file = RecordingDirectory.at(path).eventFile();
        assertThat(file.toFile().setReadOnly()).isTrue();
        try (StoredRecordingReader reader = open(path)) {
            assertThat(records(reader.entries())).isEqualTo(run);
        }
    }

    @Test
    void aRecordingIsFollowedWhileItIsWritten() {
        List<Segment> segments = ForgedRecording.segments("r", run, 2048);
        RecordingDirectory directory = RecordingDirectory.create(
                temp.resolve("rec"), SampleRun.header("r"), Manifest.MVSTORE, Durability.NONE, SampleRun.images());
        MvEventStore store = new MvEventStore(directory.eventFile());
        store.append(List.of(new EventRow(1, 1, "header/1", "w", 0, HeaderCodec.encode(SampleRun.header("r")))));
        try (StoredRecordingReader reader = open(directory.path())) {
            assertThat(reader.segmentCount()).isZero();
            assertThat(reader.isComplete()).isFalse();
            Iterator<HistoryEntry> entries = reader.entries();
            List<JournalRecord> read = new ArrayList<>();
            for (Segment segment : segments) {
                assertThat(reader.refresh()).as("nothing new").isFalse();
                store.append(List.of(new EventRow(segment.ordinal() + 2, 1, "segment/1", "w", 0, segment.bytes())));
                assertThat(reader.refresh()).as("segment %d", segment.ordinal()).isTrue();
                read.addAll(records(entries));
            }
            assertThat(read).as("an iterator continues at its position").isEqualTo(run);
            assertThat(reader.isComplete()).isTrue();
            store.finish();
            assertThat(reader.refresh()).as("closing adds nothing").isFalse();
            assertThat(reader.isComplete()).isTrue();
        }
    }

    @Test
    void entriesBeginAtAnyPosition() {
        Path path = ForgedRecording.closed(temp.resolve("rec"), "r", run, 2048);
        try (StoredRecordingReader reader = open(path)) {
            List<HistoryEntry> all = new ArrayList<>();
            reader.entries().forEachRemaining(all::add);
            for (int slice = 0; slice <= 1_001; slice += 7) {
                Position from = Position.ofSlice(slice);
                List<HistoryEntry> expected = all.stream()
                        .dropWhile(e -> e.position().compareTo(from) < 0)
                        .toList();
                List<HistoryEntry> read = new ArrayList<>();
                reader.entriesFrom(from).forEachRemaining(read::add);
                assertThat(read).as("from slice %d", slice).isEqualTo(expected);
            }
        }
    }

    @Test
    void positionsCountSlices() {
        Path path = ForgedRecording.closed(temp.resolve("rec"), "r", run, 2048);
        try (StoredRecordingReader reader = open(path)) {
            long slices = 0;
            for (Iterator<HistoryEntry> entries = reader.entries(); entries.hasNext(); ) {
                HistoryEntry entry = entries.next();
                if (entry.record() instanceof JournalRecord.Slice) {
                    assertThat(entry.position()).isEqualTo(Position.ofSlice(slices++));
                } else if (entry.record() instanceof JournalRecord.Answer) {
                    assertThat(entry.position()).as("its slice's").isEqualTo(Position.ofSlice(slices - 1));
                } else if (entry.record() instanceof JournalRecord.Input) {
                    assertThat(entry.position()).as("the next slice's").isEqualTo(Position.ofSlice(slices));
                }
            }
            assertThat(slices).isEqualTo(1_000);
        }
    }

    @Test
    void aChangedImageIsNamed() throws IOException {
        Path path = ForgedRecording.closed(temp.resolve("rec"), "r", run, 2048);
        String hash = SampleRun.images().getFirst().content().sha256();
        Path image = path.resolve("images").resolve(hash);
        byte[] content = Files.readAllBytes(image);
        content[5] ^= 1;
        Files.write(image, content);
        RecordingException e = refusal(path);
        assertThat(e.kind()).isEqualTo(Kind.IMAGE_CHANGED);
        assertThat(e).hasMessageContaining("hello.elf").hasMessageContaining(hash);
        try (var reader = StoredRecordingReader.open(path, OpenOptions.IGNORE_IMAGE_HASH)) {
            assertThat(reader.images().getFirst().content())
                    .as("taken as it is")
                    .isEqualTo(Bytes.copyOf(content));
        }
    }

    @Test
    void anImageThatHasGrownSinceItWasOpenedIsReadToTheSizeThatItHad() throws IOException {
        byte[] content = new byte[100_000];
        Arrays.fill(content, (byte) 7);
        Path image = Files.write(temp.resolve("image"), content);
        try (FileChannel channel = FileChannel.open(image)) {
            long size = channel.size();
            try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
                file.setLength(1L << 40);
            }
            assertThat(StoredImages.sha256(channel, size))
                    .isEqualTo(Bytes.copyOf(content).sha256());
        }
    }

    @Test
    void aLostImageIsNamed() throws IOException {
        Path path = ForgedRecording.closed(temp.resolve("rec"), "r", run, 2048);
        Files.delete(path.resolve("images")
                .resolve(SampleRun.images().getLast().content().sha256()));
        try (StoredRecordingReader reader = open(path)) {
            assertThat(records(reader.entries()))
                    .as("the history needs no images")
                    .isEqualTo(run);
            RecordingException e = catchThrowableOfType(RecordingException.class, reader::images);
            assertThat(e.kind()).isEqualTo(Kind.IMAGE_MISSING);
            assertThat(e).hasMessageContaining("table.bin");
        }
    }

    @Test
    void anotherFormatVersionIsNamedWithOurs() throws IOException {
        Path path = ForgedRecording.closed(temp.resolve("rec"), "r", run, 2048);
        writeFormat(path, 10);
        RecordingException e = refusal(path);
        assertThat(e.kind()).isEqualTo(Kind.NOT_SUPPORTED);
        assertThat(e).hasMessageContaining("version 10").hasMessageContaining("the versions 7 to 9");
    }

    @ParameterizedTest
    @CsvSource({"1, d81b056", "2, dc25a55", "3, d282f43", "4, b50851d", "5, 86bc29c", "6, a541232"})
    void anOlderFormatVersionIsRefusedWithWhatReplaysIt(int version, String commit) throws IOException {
        Path path = ForgedRecording.closed(temp.resolve("rec"), "r", run, 2048);
        writeFormat(path, version);
        RecordingException e = refusal(path);
        assertThat(e.kind()).isEqualTo(Kind.NOT_SUPPORTED);
        assertThat(e)
                .hasMessageContaining(
                        "is of format version " + version + ", and this Trapline reads the versions 7 to 9")
                .hasMessageEndingWith("; to replay it, build Trapline from commit " + commit + " of its source");
    }

    private static void writeFormat(Path recording, int version) throws IOException {
        Path manifest = recording.resolve("manifest");
        String ours = "format = " + JournalFormat.VERSION;
        assertThat(manifest).content().contains(ours);
        Files.writeString(manifest, Files.readString(manifest).replace(ours, "format = " + version));
    }

    @Test
    void aRecordingIsNeverOverwritten() throws IOException {
        Path path = ForgedRecording.closed(temp.resolve("rec"), "r", run, 2048);
        SortedMap<String, String> before = content(path);
        RecordingException e = catchThrowableOfType(
                RecordingException.class,
                () -> RecordingDirectory.create(
                        path, SampleRun.header("q"), "mvstore", Durability.NONE, SampleRun.images()));
        assertThat(e.kind()).isEqualTo(Kind.EXISTS);
        assertThat(e).hasMessageContaining(path.toString());
        assertThat(content(path)).isEqualTo(before);
    }

    @Test
    void whatIsNoRecordingIsCalledNone() throws IOException {
        assertThat(refusal(temp.resolve("nothing")).kind()).isEqualTo(Kind.NOT_A_RECORDING);
        Path directory = Files.createDirectory(temp.resolve("other"));
        Files.writeString(directory.resolve("manifest"), "something else");
        assertThat(refusal(directory).kind()).isEqualTo(Kind.NOT_A_RECORDING);
    }

    @Test
    void aPlaceThatCannotBeWrittenIsNamed() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "not a directory");
        RecordingException e = catchThrowableOfType(
                RecordingException.class,
                () -> RecordingDirectory.create(
                        file.resolve("rec"), SampleRun.header("q"), "mvstore", Durability.NONE, SampleRun.images()));
        assertThat(e.kind()).isEqualTo(Kind.STORAGE);
        assertThat(e).hasMessageContaining(file.resolve("rec").toString());
    }

    @Test
    void aManifestOfAnotherRecordingIsNoticed() throws IOException {
        Path path = ForgedRecording.closed(temp.resolve("rec"), "r", run, 2048);
        Path manifest = path.resolve("manifest");
        Files.writeString(manifest, Files.readString(manifest).replace("id = r", "id = q"));
        assertThat(refusal(path).kind()).isEqualTo(Kind.DAMAGED);
    }

    private static RecordingException refusal(Path path) {
        RecordingException e = catchThrowableOfType(RecordingException.class, () -> open(path));
        assertThat(e).as("%s is refused", path).isNotNull();
        return e;
    }

    private static StoredRecordingReader open(Path path) {
        return StoredRecordingReader.open(path, OpenOptions.STRICT);
    }

    private static List<JournalRecord> records(Iterator<HistoryEntry> entries) {
        List<JournalRecord> records = new ArrayList<>();
        entries.forEachRemaining(entry -> records.add(entry.record()));
        return records;
    }

    private static SortedMap<String, String> content(Path directory) throws IOException {
        SortedMap<String, String> content = new TreeMap<>();
        try (var files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                content.put(
                        directory.relativize(file).toString(),
                        Files.getLastModifiedTime(file) + " "
                                + Bytes.copyOf(Files.readAllBytes(file)).sha256());
            }
        }
        return content;
    }

    private static void ignore(HistoryEntry entry) {}
}
