package dev.trapline.journal.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import dev.trapline.journal.ForgedRecording;
import dev.trapline.journal.SampleRun;
import dev.trapline.journal.recording.Recordings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A damaged file is imported as it was written, or refused.
class DamagedExportTest {

    private static final int CORRUPTIONS = Boolean.getBoolean("trapline.full") ? 10_000 : 1_000;

    @TempDir
    Path temp;

    @SuppressWarnings("NullAway.Init")
    private byte[] good;

    @BeforeEach
    void export() throws IOException {
        Path recording = ForgedRecording.closed(temp.resolve("rec"), "r", SampleRun.records(500), 2048);
        Recordings.export(recording, temp.resolve("good"), true);
        good = Files.readAllBytes(temp.resolve("good"));
    }

    @Test
    void everyChangedBitIsNoticed() throws IOException {
        Random random = new Random(42);
        for (int i = 0; i < CORRUPTIONS; i++) {
            byte[] bad = good.clone();
            int bit = random.nextInt(8 * bad.length);
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            assertRefused(bad, "bit " + bit + " is flipped");
        }
    }

    @Test
    void severalChangedBytesAreNoticed() throws IOException {
        Random random = new Random(43);
        for (int i = 0; i < CORRUPTIONS / 10; i++) {
            byte[] bad = good.clone();
            int from = random.nextInt(bad.length);
            int to = Math.min(bad.length, from + 1 + random.nextInt(200));
            random.nextBytes(bad);
            System.arraycopy(good, 0, bad, 0, from);
            System.arraycopy(good, to, bad, to, bad.length - to);
            if (!Arrays.equals(good, bad)) {
                assertRefused(bad, "bytes " + from + " to " + to + " are noise");
            }
        }
    }

    @Test
    void aFileThatIsCutOffOrTooLongIsNoticed() throws IOException {
        Random random = new Random(44);
        for (int i = 0; i < CORRUPTIONS / 10; i++) {
            int length = random.nextInt(good.length);
            assertRefused(Arrays.copyOf(good, length), "only " + length + " bytes are left");
        }
        assertRefused(Arrays.copyOf(good, good.length + 1), "there is a byte too many");
    }

    @Test
    void aPartThatIsLostDoubledOrSwappedIsNoticed() throws IOException {
        List<byte[]> parts = parts();
        assertThat(parts).as("manifest, header, two images, segments, end").hasSize(6);
        for (int n = 0; n < parts.size(); n++) {
            List<byte[]> lost = new ArrayList<>(parts);
            lost.remove(n);
            assertRefused(joined(lost), "part " + n + " is lost");
            List<byte[]> doubled = new ArrayList<>(parts);
            doubled.add(n, parts.get(n));
            assertRefused(joined(doubled), "part " + n + " is there twice");
        }
        List<byte[]> swapped = new ArrayList<>(parts);
        swapped.set(2, parts.get(3));
        swapped.set(3, parts.get(2));
        assertRefused(joined(swapped), "two images have changed places");
    }

    @Test
    void theMessageSaysWhere() throws IOException {
        byte[] bad = good.clone();
        int inHeader = Part.PROLOGUE_BYTES + parts().get(0).length + Part.HEAD_BYTES + 3;
        bad[inHeader] ^= 1;
        Path file = Files.write(temp.resolve("bad"), bad);
        RecordingException e =
                catchThrowableOfType(RecordingException.class, () -> Recordings.importTo(file, temp.resolve("again")));
        assertThat(e.kind()).isEqualTo(Kind.DAMAGED);
        assertThat(e)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("damaged in part 1, ")
                .hasMessageContaining(" of " + good.length)
                .hasMessageContaining("hash is wrong");
    }

    private List<byte[]> parts() {
        List<byte[]> parts = new ArrayList<>();
        for (int at = Part.PROLOGUE_BYTES; at < good.length; ) {
            int length = Part.HEAD_BYTES + (int) Part.little(good).getLong(at + 13) + Part.HASH_BYTES;
            parts.add(Arrays.copyOfRange(good, at, at + length));
            at += length;
        }
        return parts;
    }

    private byte[] joined(List<byte[]> parts) {
        int length = Part.PROLOGUE_BYTES
                + parts.stream().mapToInt(part -> part.length).sum();
        byte[] file = Arrays.copyOf(good, length);
        int at = Part.PROLOGUE_BYTES;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, file, at, part.length);
            at += part.length;
        }
        return file;
    }

    private void assertRefused(byte[] bad, String why) throws IOException {
        Path file = Files.write(temp.resolve("bad"), bad);
        RecordingException e =
                catchThrowableOfType(RecordingException.class, () -> Recordings.importTo(file, temp.resolve("again")));
        assertThat(e).as(why).isNotNull();
        try (Stream<Path> inside = Files.list(temp)) {
            assertThat(inside.map(path -> path.getFileName().toString()).sorted())
                    .as("nothing is made where " + why)
                    .containsExactly("bad", "good", "rec");
        }
    }
}
