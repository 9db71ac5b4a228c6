package dev.trapline.journal.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import dev.trapline.journal.ForgedRecording;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.SampleRun;
import dev.trapline.journal.codec.Segment;
import dev.trapline.journal.recording.Recordings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportTest {

    private final List<JournalRecord> run = SampleRun.records(1_000);
    private final List<Segment> segments = ForgedRecording.segments("r", run, 2048);

    @TempDir
    Path temp;

    @Test
    void aRecordingComesBackAsItWas() throws IOException {
        Path recording = ForgedRecording.closed(temp.resolve("rec"), "r", run, 2048);
        SortedMap<String, String> before = content(recording);
        ExportSummary exported = Recordings.export(recording, temp.resolve("file"), true);
        assertThat(content(recording)).as("the recording is only looked at").isEqualTo(before);
        ExportSummary imported = Recordings.importTo(temp.resolve("file"), temp.resolve("again"));
        assertThat(imported).isEqualTo(exported);
        assertThat(exported)
                .isEqualTo(
                        new ExportSummary("r", true, segments.size(), 1_000, 2, 2, Files.size(temp.resolve("file"))));
        try (RecordingReader reader = Recordings.open(temp.resolve("again"), OpenOptions.STRICT)) {
            assertThat(records(reader)).as("the same records").isEqualTo(run);
            assertThat(reader.segment(segments.size() - 1).digest())
                    .as("the same chain of digests")
                    .isEqualTo(segments.getLast().digest());
            assertThat(reader.images()).isEqualTo(SampleRun.images());
            assertThat(reader.header()).isEqualTo(SampleRun.header("r"));
        }
        assertThat(Files.readString(temp.resolve("again/manifest")))
                .as("it is as closed as it was")
                .isEqualTo(Files.readString(recording.resolve("manifest")));
        assertThat(names(temp)).as("nothing else is left").containsExactly("again", "file", "rec");
    }

    @Test
    void anOpenRecordingIsExportedUpToItsLastWholeSegment() {
        Path recording = ForgedRecording.open(temp.resolve("rec"), "r", segments.subList(0, 3));
        ExportSummary exported = Recordings.export(recording, temp.resolve("file"), true);
        assertThat(exported.complete()).as("its end is missing").isFalse();
        assertThat(exported.segments()).isEqualTo(3);
        Recordings.importTo(temp.resolve("file"), temp.resolve("again"));
        try (RecordingReader reader = Recordings.open(temp.resolve("again"), OpenOptions.STRICT)) {
            List<JournalRecord> records = records(reader);
            assertThat(records).isEqualTo(run.subList(0, records.size()));
            assertThat(reader.segmentCount()).isEqualTo(3);
            assertThat(reader.isComplete()).as("it is still open").isFalse();
        }
    }

    @Test
    void aRecordingOfNothingButItsHeaderComesBack() {
        Path recording = ForgedRecording.open(temp.resolve("rec"), "r", List.of());
        Recordings.export(recording, temp.resolve("file"), true);
        assertThat(Recordings.importTo(temp.resolve("file"), temp.resolve("again"))
                        .segments())
                .isZero();
    }

    @Test
    void imagesThatWereLeftOutAreAskedForByHashAndTakenFromWhereTheyAre() throws IOException {
        Path recording = ForgedRecording.closed(temp.resolve("rec"), "r", run, 2048);
        Recordings.export(recording, temp.resolve("file"), false);
        Recordings.importTo(temp.resolve("file"), temp.resolve("again"));
        Path hello = Files.write(
                temp.resolve("hello"), SampleRun.images().get(0).content().toArray());
        Path table = Files.write(
                temp.resolve("table"), SampleRun.images().get(1).content().toArray());
        try (RecordingReader reader = Recordings.open(temp.resolve("again"), OpenOptions.STRICT)) {
            assertThat(records(reader)).as("the history needs no images").isEqualTo(run);
            RecordingException e = catchThrowableOfType(RecordingException.class, reader::images);
            assertThat(e.kind()).isEqualTo(Kind.IMAGE_MISSING);
            assertThat(e)
                    .as("which image, and what to do")
                    .hasMessageContaining("hello.elf")
                    .hasMessageContaining(SampleRun.images().get(0).content().sha256())
                    .hasMessageContaining("--image FILE");
        }
        try (RecordingReader reader =
                Recordings.open(temp.resolve("again"), OpenOptions.STRICT.withImages(List.of(table, hello)))) {
            assertThat(reader.images()).isEqualTo(SampleRun.images());
        }
        Path other = Files.writeString(temp.resolve("other"), "another guest");
        RecordingException e = catchThrowableOfType(
                RecordingException.class,
                () -> Recordings.open(temp.resolve("again"), OpenOptions.STRICT.withImages(List.of(other))));
        assertThat(e).as("a wrong file is not ignored").hasMessageContaining("is not one of the images");
        RecordingException whole = catchThrowableOfType(
                RecordingException.class, () -> Recordings.export(temp.resolve("again"), temp.resolve("more"), true));
        assertThat(whole.kind()).as("a missing image cannot be exported").isEqualTo(Kind.IMAGE_MISSING);
        assertThat(temp.resolve("more")).doesNotExist();
        Recordings.export(temp.resolve("again"), temp.resolve("more"), false);
    }

    @Test
    void nothingIsEverOverwritten() throws IOException {
        Path recording = ForgedRecording.closed(temp.resolve("rec"), "r", run, 2048);
        Path taken = Files.writeString(temp.resolve("taken"), "mine");
        assertKind(Kind.EXISTS, () -> Recordings.export(recording, taken, true));
        assertThat(taken).hasContent("mine");
        assertKind(Kind.EXISTS, () -> Recordings.export(recording, recording.resolve("file"), true));
        assertThat(recording.resolve("file"))
                .as("nothing is put into the recording")
                .doesNotExist();
        Recordings.export(recording, temp.resolve("file"), true);
        Path empty = Files.createDirectory(temp.resolve("empty"));
        assertKind(Kind.EXISTS, () -> Recordings.importTo(temp.resolve("file"), empty));
        assertThat(names(empty)).isEmpty();
        assertThat(names(temp)).containsExactly("empty", "file", "rec", "taken");
    }

    @Test
    void whatIsNoExportOrOneOfAnotherVersionIsRefusedAsSuch() throws IOException {
        Path text = Files.writeString(temp.resolve("text"), "Dear colleagues, attached you find");
        assertKind(Kind.NOT_A_RECORDING, () -> Recordings.importTo(text, temp.resolve("again")));
        assertKind(Kind.NOT_A_RECORDING, () -> Recordings.importTo(temp.resolve("no"), temp.resolve("again")));
        Path recording = ForgedRecording.closed(temp.resolve("rec"), "r", run, 2048);
        Path file = temp.resolve("file");
        Recordings.export(recording, file, true);
        byte[] bytes = Files.readAllBytes(file);
        bytes[4] = 2;
        Files.write(file, bytes);
        RecordingException e =
                catchThrowableOfType(RecordingException.class, () -> Recordings.importTo(file, temp.resolve("again")));
        assertThat(e.kind()).isEqualTo(Kind.NOT_SUPPORTED);
        assertThat(e).hasMessageContaining("version 2").hasMessageContaining("reads version 1");
        assertThat(temp.resolve("again")).doesNotExist();
    }

    private static void assertKind(Kind kind, Runnable action) {
        RecordingException e = catchThrowableOfType(RecordingException.class, action::run);
        assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind);
    }

    private static List<JournalRecord> records(RecordingReader reader) {
        List<JournalRecord> records = new ArrayList<>();
        reader.entries().forEachRemaining(entry -> records.add(entry.record()));
        return records;
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> inside = Files.list(directory)) {
            return inside.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private static SortedMap<String, String> content(Path directory) throws IOException {
        SortedMap<String, String> content = new TreeMap<>();
        try (Stream<Path> inside = Files.walk(directory)) {
            for (Path path : inside.toList()) {
                content.put(
                        path.toString(),
                        Files.getLastModifiedTime(path)
                                + (Files.isDirectory(path)
                                        ? ""
                                        : " " + java.util.Arrays.hashCode(Files.readAllBytes(path))));
            }
        }
        return content;
    }
}
