package dev.trapline.journal.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.journal.ForgedRecording;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.SampleRun;
import dev.trapline.journal.codec.JournalFormat;
import dev.trapline.journal.codec.Segment;
import dev.trapline.journal.recording.Recordings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every exported file can be imported by all later versions. A new version of the layout adds a file; files of old
/// versions never change. A new export of the same recording may differ, because the compressor may change.
///
/// `-Dtrapline.golden.write=true` writes the file of the current versions if it is missing.
class GoldenExportTest {

    private static final String NAME = "golden/v" + JournalFormat.VERSION + "/export-" + Part.VERSION + ".tlx";

    private final List<JournalRecord> run = SampleRun.records(600);
    private final List<Segment> segments = ForgedRecording.segments("golden", run, 2048);

    @TempDir
    Path temp;

    @Test
    void theGoldenExportIsImportedAsItWas() throws IOException {
        Path file = Files.write(temp.resolve("golden.tlx"), golden());
        ExportSummary imported = Recordings.importTo(file, temp.resolve("again"));
        assertThat(imported)
                .as("the content that was exported")
                .isEqualTo(new ExportSummary("golden", true, segments.size(), 600, 2, 2, Files.size(file)));
        assertThat(Files.readString(temp.resolve("again").resolve("manifest"))).isEqualTo("""
            trapline-recording
            format = %d
            id = golden
            store = mvstore
            durability = none
            state = closed
            segments = %d
            digest = %s
            """.formatted(
                        JournalFormat.VERSION,
                        segments.size(),
                        Long.toHexString(segments.getLast().digest())));
        try (RecordingReader reader = Recordings.open(temp.resolve("again"), OpenOptions.STRICT)) {
            List<JournalRecord> read = new ArrayList<>();
            reader.entries().forEachRemaining(entry -> read.add(entry.record()));
            assertThat(read).isEqualTo(run);
            assertThat(reader.header()).isEqualTo(SampleRun.header("golden"));
            assertThat(reader.images()).isEqualTo(SampleRun.images());
        }
    }

    /// Its header is written again, and must keep its digest.
    @ParameterizedTest
    @ValueSource(ints = {7, 8})
    void anExportOfAVersionBeforeIsImportedExportedAndImportedAgain(int version) throws IOException {
        Path file = temp.resolve("before.tlx");
        String name = "golden/v" + version + "/export-1.tlx";
        try (InputStream in = GoldenExportTest.class.getClassLoader().getResourceAsStream(name)) {
            Files.copy(Objects.requireNonNull(in), file);
        }
        Recordings.importTo(file, temp.resolve("one"));
        Recordings.export(temp.resolve("one"), temp.resolve("two.tlx"), true);
        Recordings.importTo(temp.resolve("two.tlx"), temp.resolve("two"));
        try (RecordingReader reader = Recordings.open(temp.resolve("two"), OpenOptions.STRICT)) {
            List<JournalRecord> read = new ArrayList<>();
            reader.entries().forEachRemaining(entry -> read.add(entry.record()));
            assertThat(read).isEqualTo(run);
        }
    }

    /// An independent reader of the file, written from docs/journal-format.md.
    @Test
    void theLayoutOfTheGoldenExportIsTheDocumentedOne() throws Exception {
        byte[] golden = golden();
        ByteBuffer in = ByteBuffer.wrap(golden).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(in.getInt()).as("TLRX").isEqualTo('T' | 'L' << 8 | 'R' << 16 | 'X' << 24);
        assertThat(in.getInt()).as("version of the layout").isEqualTo(1);
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        byte[] before = sha256.digest(Arrays.copyOf(golden, 8));
        List<Integer> kinds = new ArrayList<>();
        byte[] content = {};
        while (in.hasRemaining()) {
            int begin = in.position();
            kinds.add((int) in.get());
            assertThat(in.getInt()).as("ordinal").isEqualTo(kinds.size() - 1);
            int bytes = (int) in.getLong();
            byte[] stored = new byte[(int) in.getLong()];
            in.get(stored);
            content = Zstd.decompress(stored, bytes);
            assertThat(content).as("part %d is one frame", kinds.size() - 1).hasSize(bytes);
            sha256.update(before);
            sha256.update(golden, begin, in.position() - begin);
            before = sha256.digest();
            byte[] hash = new byte[before.length];
            in.get(hash);
            assertThat(hash).as("hash of part %d", kinds.size() - 1).isEqualTo(before);
        }
        assertThat(kinds).as("manifest, header, two images, segments, end").containsExactly(1, 2, 3, 3, 4, 5);
        ByteBuffer end = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(end.getLong()).as("number of segments").isEqualTo(segments.size());
        assertThat(end.getLong())
                .as("digest of the last")
                .isEqualTo(segments.getLast().digest());
    }

    private byte[] golden() throws IOException {
        try (InputStream in = GoldenExportTest.class.getClassLoader().getResourceAsStream(NAME)) {
            if (in != null) {
                return in.readAllBytes();
            }
        }
        Path file = Path.of("src/test/resources").resolve(NAME);
        assertThat(Boolean.getBoolean("trapline.golden.write"))
                .as("%s is missing: -Dtrapline.golden.write=true writes it", file)
                .isTrue();
        if (!Files.exists(file)) {
            Files.createDirectories(file.resolveSibling(""));
            Recordings.export(ForgedRecording.closed(temp.resolve("rec"), "golden", run, 2048), file, true);
        }
        return Files.readAllBytes(file);
    }
}
