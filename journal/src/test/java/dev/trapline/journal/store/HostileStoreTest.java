package dev.trapline.journal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.abi.machine.Durability;
import dev.trapline.abi.machine.Image;
import dev.trapline.journal.ForgedRecording;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.SampleRun;
import dev.trapline.journal.codec.HeaderCodec;
import dev.trapline.journal.file.ForgedStore;
import dev.trapline.journal.recording.Survey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Files that were made to do harm.
class HostileStoreTest {

    private static final int BLOCK = 4096;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void aFileThatClaimsHalfAGigabyteOfTextIsDamaged() throws IOException {
        Path file = directory.resolve("journal.mv");
        try (InputStream in = Objects.requireNonNull(
                HostileStoreTest.class.getResourceAsStream("/hostile/half-a-gigabyte-of-text.mv"))) {
            Files.copy(in, file);
        }
        RecordingException refused = catchThrowableOfType(RecordingException.class, () -> new MvEventLog(file).close());
        assertThat(refused.kind()).isEqualTo(Kind.DAMAGED);
        assertThat(refused).hasMessageContaining("a text of 536870923 characters where 28 bytes are left");
        refused = catchThrowableOfType(RecordingException.class, () -> LastWhole.find(file));
        assertThat(refused.kind())
                .as("it is not treated as the result of a crash either")
                .isEqualTo(Kind.DAMAGED);
    }

    /// Each page leads to the next one twice: in a file of 12 KiB, 2 to the power of 40 ways lead to the last page.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aFileWhosePagesLeadToOnePageInEndlesslyManyWaysIsDamaged(boolean honest) throws IOException {
        Path file = directory.resolve("journal.mv");
        ForgedStore.write(file, 40, 2, honest);
        RecordingException refused = catchThrowableOfType(RecordingException.class, () -> new MvEventLog(file).close());
        assertThat(refused.kind()).isEqualTo(Kind.DAMAGED);
        assertThat(refused).hasMessageContaining("cannot make sense of the recording's file");
        refused = catchThrowableOfType(RecordingException.class, () -> LastWhole.find(file));
        assertThat(refused.kind()).isEqualTo(Kind.DAMAGED);
    }

    /// The last event has a number that no recording reaches, and there is nothing before it for a long way.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aStoreThatClaimsEndlesslyManySegmentsIsDamaged(boolean closed) throws IOException {
        List<JournalRecord> records = SampleRun.records(100);
        Path path = ForgedRecording.open(directory.resolve("rec"), "r", ForgedRecording.segments("r", records, 1024));
        RecordingDirectory recording = RecordingDirectory.at(path);
        MvEventStore store = new MvEventStore(recording.eventFile());
        store.append(List.of(new EventRow(1L << 61, 1, "segment/1", "w", 0, new byte[10])));
        store.finish();
        if (closed) {
            recording.markClosed((1L << 61) + 7, 1);
            RecordingException refused = catchThrowableOfType(
                    RecordingException.class, () -> StoredRecordingReader.open(path, OpenOptions.STRICT));
            assertThat(refused.kind()).isEqualTo(Kind.DAMAGED);
            return;
        }
        try (StoredRecordingReader reader = StoredRecordingReader.open(path, OpenOptions.STRICT)) {
            assertThat(reader.notice()).contains("it reaches to its last whole segment");
            assertThat(Survey.of(reader).damage()).isNotNull();
        }
    }

    /// Every entry behind a chain would be read through all of its pages, and the store goes down some ways
    /// recursively.
    @Test
    void aFileWithALongChainOfPagesIsDamaged() throws IOException {
        Path file = directory.resolve("journal.mv");
        ForgedStore.write(file, 60, 1, true);
        new MvEventLog(file).close();
        ForgedStore.write(file, 70, 1, true);
        RecordingException refused = catchThrowableOfType(RecordingException.class, () -> new MvEventLog(file).close());
        assertThat(refused.kind()).isEqualTo(Kind.DAMAGED);
    }

    /// To look at the file as if it ended before each of them would take many minutes.
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aFileInWhichEachBlockBeginsLikeAChunkIsDamaged() throws IOException {
        Path file = directory.resolve("journal.mv");
        ForgedStore.write(file, 1, 1, true);
        byte[] store = Files.readAllBytes(file);
        byte[] forged = Arrays.copyOf(store, 16_000 * BLOCK);
        byte[] begin = "chunk:".getBytes(StandardCharsets.US_ASCII);
        for (int at = store.length / BLOCK * BLOCK; at < forged.length; at += BLOCK) {
            System.arraycopy(begin, 0, forged, at, begin.length);
        }
        Files.write(file, forged);
        RecordingException refused = catchThrowableOfType(RecordingException.class, () -> LastWhole.find(file));
        assertThat(refused.kind()).isEqualTo(Kind.DAMAGED);
    }

    @Test
    void anImageThatAHeaderNamesManyTimesIsReadOnce() {
        Image image = new Image(Image.Kind.RAW, "x", 0x4000_0000L, Bytes.copyOf(new byte[1 << 20]));
        List<Image> images = Collections.nCopies(1000, image);
        RecordingHeader header = SampleRun.header(
                "r", images.stream().map(RecordingHeader.ImageRef::of).toList());
        RecordingDirectory recording =
                RecordingDirectory.create(directory.resolve("rec"), header, Manifest.MVSTORE, Durability.NONE, images);
        MvEventStore store = new MvEventStore(recording.eventFile());
        store.append(List.of(new EventRow(1, 1, "header/1", "w", 0, HeaderCodec.encode(header))));
        store.finish();
        try (StoredRecordingReader reader = StoredRecordingReader.open(recording.path(), OpenOptions.STRICT)) {
            Bytes first = reader.images().getFirst().content();
            List<Image> read = reader.images();
            assertThat(read).hasSize(1000).allMatch(each -> each.content().equals(first));
            assertThat(read.stream()
                            .map(each -> System.identityHashCode(each.content()))
                            .distinct())
                    .as("one copy in memory")
                    .hasSize(1);
        }
    }
}
