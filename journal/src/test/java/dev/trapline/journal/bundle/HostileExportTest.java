package dev.trapline.journal.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.abi.history.RecordingHeader.ImageRef;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Sharing;
import dev.trapline.journal.SampleRun;
import dev.trapline.journal.bundle.ImportProgress.Step;
import dev.trapline.journal.codec.HeaderCodec;
import dev.trapline.journal.codec.JournalFormat;
import dev.trapline.journal.codec.Segment;
import dev.trapline.journal.codec.SegmentBuilder;
import dev.trapline.journal.recording.Recordings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files with correct hashes whose parts are larger than possible, or larger than the parts before them announce.
class HostileExportTest {

    /// The size of an image whose import takes a long time.
    private static final int LARGE = 1 << 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private static final String MANIFEST = "trapline-recording\nformat = " + JournalFormat.VERSION
            + "\nid = r\nstore = mvstore\ndurability = interval\nstate = closed\nsegments = 0\ndigest = 0\n";

    /// A part and its content.
    private record Written(Part.Kind kind, Bytes content) {
        Written(Part.Kind kind, byte[] content) {
            this(kind, Bytes.copyOf(content));
        }
    }

    private static Written manifest() {
        return new Written(Part.Kind.MANIFEST, MANIFEST.getBytes(StandardCharsets.UTF_8));
    }

    private static Written header(List<ImageRef> images) {
        RecordingHeader header = SampleRun.header("r");
        return new Written(
                Part.Kind.HEADER,
                HeaderCodec.encode(new RecordingHeader(
                        header.recordingId(),
                        header.createdBy(),
                        header.library(),
                        header.strategies(),
                        header.digestVersion(),
                        header.spec(),
                        header.services(),
                        images,
                        List.of())));
    }

    private void assertRefused(String why, Written... parts) throws IOException {
        Path file = write(parts);
        RecordingException refused = catchThrowableOfType(
                RecordingException.class, () -> Recordings.importTo(file, directory.resolve("made")));
        assertThat(refused.kind()).isEqualTo(Kind.DAMAGED);
        assertThat(refused).hasMessageContaining(why);
        Files.delete(file);
        assertThat(directory).as("nothing is left of it").isEmptyDirectory();
    }

    @Test
    void noPartIsLargerThanOneOfItsKindCanBe() throws IOException {
        assertRefused("has at most 65536", new Written(Part.Kind.MANIFEST, new byte[1 << 20]));
        assertRefused("has at most 16777216", manifest(), new Written(Part.Kind.HEADER, new byte[(16 << 20) + 1]));
        assertRefused("has at most 16", manifest(), header(List.of()), new Written(Part.Kind.END, new byte[17]));
        assertRefused(
                "has at most 71303168",
                manifest(),
                header(List.of()),
                new Written(Part.Kind.SEGMENTS, new byte[(68 << 20) + 1]));
    }

    /// Its hash is right: somebody wrote it so.
    @Test
    void aPartOfAnUnknownKindIsRefused() throws Exception {
        for (int kind : new int[] {0, 6, 200, 255}) {
            Path file = write(manifest());
            byte[] bytes = Files.readAllBytes(file);
            int end = bytes.length - Part.HASH_BYTES;
            bytes[Part.PROLOGUE_BYTES] = (byte) kind;
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] before = digest.digest(Arrays.copyOf(bytes, Part.PROLOGUE_BYTES));
            digest.update(before);
            digest.update(bytes, Part.PROLOGUE_BYTES, end - Part.PROLOGUE_BYTES);
            System.arraycopy(digest.digest(), 0, bytes, end, Part.HASH_BYTES);
            Files.write(file, bytes);
            assertThatThrownBy(() -> Recordings.importTo(file, directory.resolve("made")))
                    .isInstanceOf(RecordingException.class)
                    .hasMessageContaining("there is no part of kind " + kind);
            Files.delete(file);
            assertThat(directory).isEmptyDirectory();
        }
    }

    /// A few bytes of a file unpack to millions of services, images or devices. In memory, each needs many times
    /// its two bytes.
    @Test
    void noHeaderHasMoreThanAMachineCanHave() throws IOException {
        byte[] bare = header(List.of()).content().toArray();
        // After the last service of the sample and before the checksum: no image, and no device.
        int devices = bare.length - Integer.BYTES - 1;
        int images = devices - 1;
        assertRefused(
                "the number of devices at byte " + (devices + 2) + " is 1001, and may be at most 1000",
                manifest(),
                headerWithCount(bare, devices, 1001, 40_000));
        assertRefused("in part 1 (the header), before byte", manifest(), headerWithCount(bare, images, 1001, 40_000));
        assertRefused(
                "the number of images at byte " + (images + 2) + " is 1001, and may be at most 1000",
                manifest(),
                headerWithCount(bare, images, 1001, 40_000));
        int services = SampleRun.header("r").services().stream()
                .mapToInt(each -> each.name().length() + each.version().length() + 2)
                .sum();
        int at = images - services - 1;
        assertRefused(
                "the number of services at byte " + (at + 4) + " is 8000000, and may be at most 1000",
                manifest(),
                headerWithCount(bare, at, 8_000_000, 16_000_000));
    }

    /// A header that continues, at an offset, with a count and a number of zero bytes.
    private static Written headerWithCount(byte[] header, int at, int count, int zeros) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(header, 0, at);
        int left = count;
        while (left >= 0x80) {
            out.write((left & 0x7f) | 0x80);
            left >>>= 7;
        }
        out.write(left);
        out.writeBytes(new byte[zeros]);
        byte[] whole = out.toByteArray();
        CRC32C crc = new CRC32C();
        crc.update(whole);
        byte[] sealed = Arrays.copyOf(whole, whole.length + Integer.BYTES);
        ByteBuffer.wrap(sealed).order(ByteOrder.LITTLE_ENDIAN).putInt(whole.length, (int) crc.getValue());
        return new Written(Part.Kind.HEADER, sealed);
    }

    @Test
    void aManifestIsPlainTextOfReasonableLength() throws IOException {
        assertRefused(
                "line 3 has 60005 characters, and at most 4096",
                manifest("id = r", "id = " + "r".repeat(60_000)),
                header(List.of()));
        assertRefused("line 3 has a control character", manifest("id = r", "id = \u001b[2J"), header(List.of()));
        assertRefused(
                "line 5 has a control character",
                manifest("durability = interval", "durability = \u0085"),
                header(List.of()));
        byte[] bytes = MANIFEST.getBytes(StandardCharsets.UTF_8);
        bytes[MANIFEST.indexOf("id = r") + 5] = (byte) 0xff;
        assertRefused("it is no text in UTF-8", new Written(Part.Kind.MANIFEST, bytes), header(List.of()));
    }

    private static Written manifest(String line, String other) {
        return new Written(Part.Kind.MANIFEST, MANIFEST.replace(line, other).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void anImageIsOneThatTheHeaderPromised() throws IOException {
        byte[] content = new byte[4096];
        ImageRef promised = new ImageRef(
                Image.Kind.RAW, "x", 0x4000_0000L, Bytes.copyOf(content).sha256(), 4096);
        Written image = new Written(Part.Kind.IMAGE, content);
        assertRefused(
                "names no image of 1048576 bytes",
                manifest(),
                header(List.of(promised)),
                new Written(Part.Kind.IMAGE, new byte[1 << 20]),
                image);
        assertRefused(
                "names no image of 4096 bytes that is not there yet",
                manifest(),
                header(List.of(promised)),
                image,
                image,
                image);
        byte[] other = content.clone();
        other[0] = 1;
        assertRefused(
                "has no image of hash",
                manifest(),
                header(List.of(promised)),
                new Written(Part.Kind.IMAGE, other),
                image);
    }

    private Path withLargeImage() throws IOException {
        Written image = new Written(Part.Kind.IMAGE, new byte[LARGE]);
        ImageRef promised =
                new ImageRef(Image.Kind.RAW, "x", 0x4000_0000L, image.content().sha256(), LARGE);
        return write(manifest(), header(List.of(promised)), image, new Written(Part.Kind.END, new byte[16]));
    }

    /// The sum of the announced sizes is more than an import accepts.
    @Test
    void anImportTakesNoMoreThanItsLimit() throws IOException {
        Path file = withLargeImage();
        for (long limit : new long[] {0, 100, LARGE, LARGE + 100}) {
            RecordingException refused = catchThrowableOfType(
                    RecordingException.class,
                    () -> Recordings.importTo(
                            file,
                            directory.resolve("made"),
                            Sharing.PRIVATE,
                            new ImportLimits(limit, (_, _, _) -> {})));
            assertThat(refused).as("a limit of %d bytes", limit).isNotNull();
            assertThat(refused.kind()).isEqualTo(Kind.STORAGE);
            assertThat(refused).hasMessageContaining("unpacks to more than " + limit + " bytes");
            assertThat(directory).as("nothing is left of it").isDirectoryNotContaining("glob:**made*");
        }
    }

    @Test
    void anImportThatIsEndedLeavesNothing() throws IOException {
        Path file = withLargeImage();
        for (int at = 1; at < 40; at++) {
            AtomicInteger left = new AtomicInteger(at);
            ImportLimits ended = new ImportLimits(Long.MAX_VALUE, (_, _, _) -> {
                if (left.decrementAndGet() == 0) {
                    throw new IllegalStateException("enough");
                }
            });
            assertThat(catchThrowableOfType(
                            RuntimeException.class,
                            () -> Recordings.importTo(file, directory.resolve("made"), Sharing.PRIVATE, ended)))
                    .as("ended, or refused for its end, after %d looks", at)
                    .isNotNull();
            assertThat(directory).as("after %d looks", at).isDirectoryNotContaining("glob:**made*");
        }
    }

    /// An import can be ended quickly, even if one part has many segments.
    @Test
    void anImportOfManySegmentsCanBeEndedInEveryPhase() throws IOException {
        int count = 20_000;
        Written header = header(List.of());
        SegmentBuilder builder =
                new SegmentBuilder(Segment.digestOf(header.content().toArray()), 1);
        ByteArrayOutputStream group = new ByteArrayOutputStream();
        Segment last = null;
        for (int i = 0; i < count; i++) {
            builder.add(SampleRun.records(1).getFirst());
            last = builder.seal();
            group.write(last.bytes());
        }
        long digest = Objects.requireNonNull(last).digest();
        Written manifest = new Written(
                Part.Kind.MANIFEST,
                MANIFEST.replace("segments = 0", "segments = " + count)
                        .replace("digest = 0", "digest = " + Long.toHexString(digest))
                        .getBytes(StandardCharsets.UTF_8));
        Path file = write(
                manifest,
                header,
                new Written(Part.Kind.SEGMENTS, group.toByteArray()),
                new Written(Part.Kind.END, RecordingExport.end(count, digest)));
        AtomicInteger looks = new AtomicInteger();
        Map<Step, Long> reached = new EnumMap<>(Step.class);
        ImportLimits counted = new ImportLimits(Long.MAX_VALUE, (step, done, total) -> {
            looks.incrementAndGet();
            assertThat(reached.keySet()).as("one step after the other").allMatch(each -> each.compareTo(step) <= 0);
            assertThat(done)
                    .as("%s never goes back, and ends at %d", step, total)
                    .isBetween(reached.getOrDefault(step, 0L), total);
            assertThat(total)
                    .as("what %s counts", step)
                    .isEqualTo(step == Step.READING ? file.toFile().length() : count);
            reached.put(step, done);
        });
        Recordings.importTo(file, directory.resolve("whole"), Sharing.PRIVATE, counted);
        assertThat(looks.get())
                .as("a look at least for every 256 segments: when they are read, packed, and checked")
                .isGreaterThan(3 * count / 256);
        assertThat(reached.keySet()).as("every step is reported").containsExactly(Step.values());
        reached.forEach((step, done) -> assertThat(done)
                .as("%s is reported up to its end", step)
                .isGreaterThanOrEqualTo(step == Step.READING ? file.toFile().length() : count - 256));
        for (int at = 1; at < looks.get(); at += looks.get() / 16) {
            AtomicInteger left = new AtomicInteger(at);
            ImportLimits ended = new ImportLimits(Long.MAX_VALUE, (_, _, _) -> {
                if (left.decrementAndGet() == 0) {
                    throw new UnsupportedOperationException("enough");
                }
            });
            assertThat(catchThrowableOfType(
                            UnsupportedOperationException.class,
                            () -> Recordings.importTo(file, directory.resolve("made"), Sharing.PRIVATE, ended)))
                    .as("ended after %d looks", at)
                    .isNotNull();
            assertThat(directory).as("after %d looks", at).isDirectoryNotContaining("glob:**made*");
        }
    }

    private Path write(Written... parts) throws IOException {
        Path file = directory.resolve("file");
        try (OutputStream out = Files.newOutputStream(file)) {
            PartWriter writer = new PartWriter(out, () -> {});
            for (Written part : parts) {
                writer.write(part.kind(), part.content().toArray());
            }
        }
        return file;
    }

    @Test
    void noHeaderPromisesAnImageThatItsMachineCannotUse() throws IOException {
        String hash = "0".repeat(64);
        for (ImageRef huge : List.of(
                new ImageRef(Image.Kind.ELF, "x", 0, hash, (1L << 30) + 1),
                new ImageRef(Image.Kind.FLASH, "x", 0, hash, (128L << 20) + 1),
                new ImageRef(Image.Kind.RAW, "x", 0, hash, Long.MAX_VALUE))) {
            assertRefused(
                    "such an image has at most",
                    manifest(),
                    header(List.of(huge)),
                    new Written(Part.Kind.END, new byte[16]));
        }
    }
}
