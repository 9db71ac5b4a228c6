package dev.trapline.journal.bundle;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.file.WriteFailure;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Sharing;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.codec.HeaderCodec;
import dev.trapline.journal.codec.Segment;
import dev.trapline.journal.file.Permissions;
import dev.trapline.journal.store.Manifest;
import dev.trapline.journal.store.RecordingDirectory;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Packs a recording into one file, without writing to the recording.
public final class RecordingExport {

    private final RecordingReader reader;
    private final Manifest manifest;
    private final List<Image> images;
    private final Progress progress;
    private long written;

    private RecordingExport(RecordingReader reader, Manifest manifest, List<Image> images, Progress progress) {
        this.reader = reader;
        this.manifest = manifest;
        this.images = images;
        this.progress = progress;
    }

    /// Exports a recording, up to its last whole segment if it is open.
    ///
    /// @param recording its directory
    /// @param file the file to make: it must not exist, and must not be inside the recording
    /// @param withImages whether the images go into it
    /// @param sharing who may read the file
    /// @param reader opens the recording
    /// @param progress receives the progress; may throw to end the export, which then leaves no file
    /// @throws RecordingException if the recording cannot be read, or the file cannot be made; then there is none
    public static ExportSummary export(
            Path recording, Path file, boolean withImages, Sharing sharing, Opener reader, Progress progress) {
        requireOutside(recording, file);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw exists(file, null);
        }
        Compression.require();
        // The manifest is read first, so a recording that is closed during the export is exported as an open one.
        Manifest manifest = RecordingDirectory.at(recording).manifest();
        try (RecordingReader open = reader.open(recording, OpenOptions.STRICT)) {
            List<Image> images = withImages ? open.images() : List.of();
            return new RecordingExport(open, manifest.in(Manifest.MVSTORE), images, progress).writeTo(file, sharing);
        }
    }

    /// Receives the progress of an export.
    public interface Progress {
        /// Reports progress.
        ///
        /// @param segment that is written, 0 before the first
        /// @param segments how many there are
        void at(long segment, long segments);
    }

    /// How a recording is opened.
    public interface Opener {
        RecordingReader open(Path directory, OpenOptions options);
    }

    private static void requireOutside(Path recording, Path file) {
        try {
            Path parent = file.toAbsolutePath().getParent();
            if (parent != null
                    && Files.exists(parent)
                    && Files.exists(recording)
                    && parent.toRealPath().startsWith(recording.toRealPath())) {
                throw new RecordingException(
                        Kind.EXISTS,
                        "the file " + file + " would be inside the recording " + recording
                                + ", and nothing is written there: choose another place");
            }
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    private static RecordingException exists(Path file, @Nullable Throwable cause) {
        String message =
                "there is already something at " + file + ": it is not overwritten; choose another place, or remove it";
        return cause == null
                ? new RecordingException(Kind.EXISTS, message)
                : new RecordingException(Kind.EXISTS, message, cause);
    }

    private static RecordingException cannotWrite(Path file, IOException e) {
        return new RecordingException(
                Kind.STORAGE,
                "cannot write the file " + file + ": " + WriteFailure.reason(e)
                        + "; choose a place that can be written and has room",
                e);
    }

    private ExportSummary writeTo(Path file, Sharing sharing) {
        Path fresh = file.resolveSibling("." + file.getFileName() + ".exporting-"
                + ProcessHandle.current().pid());
        try {
            Permissions.makeFile(fresh, sharing);
            long slices;
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(fresh, StandardOpenOption.WRITE))) {
                slices = write(new PartWriter(out, () -> progress.at(written, reader.segmentCount())));
            }
            Files.move(fresh, file);
            return new ExportSummary(
                    manifest.id(),
                    reader.isComplete(),
                    reader.segmentCount(),
                    slices,
                    images.size(),
                    reader.header().images().size(),
                    Files.size(file));
        } catch (FileAlreadyExistsException e) {
            throw exists(file, e);
        } catch (IOException e) {
            throw cannotWrite(file, e);
        } finally {
            deleteQuietly(fresh);
        }
    }

    private static void deleteQuietly(Path fresh) {
        try {
            Files.deleteIfExists(fresh);
        } catch (IOException e) {
            // The error that led here is the one to report.
        }
    }

    /// @return how many slices there are
    private long write(PartWriter parts) throws IOException {
        parts.write(Part.Kind.MANIFEST, manifest.text().getBytes(StandardCharsets.UTF_8));
        byte[] header = HeaderCodec.encode(reader.header());
        parts.write(Part.Kind.HEADER, header);
        Map<String, Bytes> contents = new LinkedHashMap<>();
        images.forEach(image -> contents.put(image.content().sha256(), image.content()));
        for (Bytes content : contents.values()) {
            parts.write(Part.Kind.IMAGE, content.toArray());
        }
        long digest = Segment.digestOf(header);
        long slices = 0;
        ByteArrayOutputStream group = new ByteArrayOutputStream(Part.GROUP_BYTES);
        for (long ordinal = 0; ordinal < reader.segmentCount(); ordinal++) {
            written = ordinal;
            progress.at(ordinal, reader.segmentCount());
            Segment segment = reader.segment(ordinal);
            group.write(segment.bytes());
            digest = segment.digest();
            slices += segment.slices();
            if (group.size() >= Part.GROUP_BYTES) {
                parts.write(Part.Kind.SEGMENTS, group.toByteArray());
                group.reset();
            }
        }
        if (group.size() > 0) {
            parts.write(Part.Kind.SEGMENTS, group.toByteArray());
        }
        parts.write(Part.Kind.END, end(reader.segmentCount(), digest));
        return slices;
    }

    /// The end's content.
    static byte[] end(long segments, long digest) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(segments)
                .putLong(digest)
                .array();
    }
}
