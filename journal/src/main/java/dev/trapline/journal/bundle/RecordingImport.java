package dev.trapline.journal.bundle;

import dev.trapline.abi.file.WriteFailure;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.abi.history.RecordingHeader.ImageRef;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Sharing;
import dev.trapline.abi.machine.StoragePolicy;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.bundle.ImportProgress.Step;
import dev.trapline.journal.codec.CodecException;
import dev.trapline.journal.codec.HeaderCodec;
import dev.trapline.journal.codec.Segment;
import dev.trapline.journal.persistence.JournalEventSerializer;
import dev.trapline.journal.store.EventRow;
import dev.trapline.journal.store.Manifest;
import dev.trapline.journal.store.MvEventStore;
import dev.trapline.journal.store.RecordingDirectory;
import dev.trapline.journal.store.StoredRecordingReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// Makes a recording from a file that [RecordingExport] wrote: completely, or not at all.
public final class RecordingImport {

    /// The writer id of imported events. It is not part of the history.
    private static final String WRITER = "import";

    /// The number of segments between two checks for a request to end the import.
    private static final int BATCH = 256;

    private final Path file;
    private final PartReader parts;
    private final ImportLimits limits;
    private PartReader.Content part;

    private RecordingImport(Path file, PartReader parts, ImportLimits limits) {
        this.file = file;
        this.parts = parts;
        this.limits = limits;
        this.part = parts.next();
    }

    /// Imports a recording.
    ///
    /// @param file what was exported
    /// @param target the directory to make: it must not exist
    /// @param sharing who may read it
    /// @throws RecordingException if the file was changed or exceeds the limit, or the directory cannot be made;
    ///     then no directory remains
    public static ExportSummary importTo(Path file, Path target, Sharing sharing, ImportLimits limits) {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw exists(target);
        }
        Compression.require();
        try (PartReader parts = new PartReader(file, limits)) {
            return new RecordingImport(file, parts, limits).writeTo(target, sharing);
        }
    }

    private static RecordingException exists(Path target) {
        return new RecordingException(
                Kind.EXISTS,
                "there is already something at " + target
                        + ": a recording is never overwritten; choose another place, or remove it");
    }

    private ExportSummary writeTo(Path target, Sharing sharing) {
        Manifest manifest = Manifest.parse(content(Part.Kind.MANIFEST), file);
        part = parts.next();
        byte[] headerBytes = content(Part.Kind.HEADER);
        RecordingHeader header = header(headerBytes);
        requirePossible(header);
        part = parts.next();
        // Next to its target, so that it can be moved there in one step.
        Path fresh = target.resolveSibling("." + target.getFileName() + ".importing-"
                + ProcessHandle.current().pid());
        StoragePolicy policy = StoragePolicy.DEFAULT.with(sharing);
        RecordingDirectory directory = make(fresh, policy, target);
        try {
            int images = writeImages(directory, header);
            writeEvents(directory, manifest, headerBytes);
            parts.requireEnd();
            directory.write(manifest.in(Manifest.MVSTORE));
            ExportSummary summary = checked(directory, header, images);
            Files.move(fresh, target);
            return summary;
        } catch (FileAlreadyExistsException e) {
            throw exists(target);
        } catch (RecordingException e) {
            throw e.kind() == Kind.STORAGE ? cannotMake(target, e) : e;
        } catch (IOException e) {
            throw cannotMake(target, e);
        } finally {
            directory.discard();
        }
    }

    private static RecordingDirectory make(Path fresh, StoragePolicy policy, Path target) {
        try {
            return RecordingDirectory.make(fresh, policy);
        } catch (RecordingException e) {
            throw e.kind() == Kind.STORAGE ? cannotMake(target, e) : e;
        }
    }

    /// Names the user's path, not the temporary one next to it.
    private static RecordingException cannotMake(Path target, Exception cause) {
        return new RecordingException(
                Kind.STORAGE,
                "cannot make a recording at " + target + ": " + WriteFailure.reason(cause)
                        + "; choose a place that can be written and has room",
                cause);
    }

    /// The content of the current part, which must be of the given kind.
    private byte[] content(Part.Kind kind) {
        if (part.kind() != kind) {
            throw parts.damaged("there should be " + kind.words());
        }
        return parts.bytes(part);
    }

    private RecordingHeader header(byte[] bytes) {
        try {
            return HeaderCodec.decode(bytes);
        } catch (CodecException e) {
            throw parts.damaged("the header makes no sense: " + e.getMessage());
        }
    }

    /// Checks the images in the header: none may be larger than the machine can use.
    private void requirePossible(RecordingHeader header) {
        for (ImageRef ref : header.images()) {
            long most = Image.most(ref.kind(), header.spec().board().ramBytes());
            if (ref.size() < 0 || ref.size() > most) {
                throw parts.damaged("the header names an image of " + Long.toUnsignedString(ref.size())
                        + " bytes; such an image has at most " + most);
            }
        }
    }

    /// @return how many there are
    private int writeImages(RecordingDirectory directory, RecordingHeader header) throws IOException {
        List<ImageRef> promised = new ArrayList<>(header.images());
        int images = 0;
        while (part.kind() == Part.Kind.IMAGE) {
            long size = part.bytes();
            if (promised.stream().noneMatch(ref -> ref.size() == size)) {
                throw parts.damaged("the header names no image of " + size + " bytes that is not there yet");
            }
            Path fresh = directory.newImage();
            String hash = write(fresh);
            if (!promised.removeIf(ref -> ref.size() == size && ref.sha256().equals(hash))) {
                throw parts.damaged("the machine has no image of hash " + hash);
            }
            directory.keepImage(fresh, hash);
            images++;
            part = parts.next();
        }
        return images;
    }

    /// @return the content's SHA-256
    private String write(Path fresh) throws IOException {
        MessageDigest digest = Part.sha256();
        try (OutputStream out =
                new DigestOutputStream(Files.newOutputStream(fresh, StandardOpenOption.WRITE), digest)) {
            parts.copy(part, out);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private void writeEvents(RecordingDirectory directory, Manifest manifest, byte[] header) {
        try (MvEventStore store = new MvEventStore(directory.eventFile())) {
            store.append(List.of(row(1, JournalEventSerializer.HEADER, header)));
            long events = 1;
            long digest = Segment.digestOf(header);
            while (part.kind() == Part.Kind.SEGMENTS) {
                byte[] group = content(Part.Kind.SEGMENTS);
                for (int at = 0; at < group.length; ) {
                    parts.tell();
                    List<EventRow> rows = new ArrayList<>();
                    while (at < group.length && rows.size() < BATCH) {
                        Segment segment = segment(group, at);
                        if (segment.predecessor() != digest) {
                            throw parts.damaged(
                                    "segment " + segment.ordinal() + " does not follow what stands before it");
                        }
                        rows.add(row(++events, JournalEventSerializer.SEGMENT, segment.bytes()));
                        digest = segment.digest();
                        at += segment.bytes().length;
                    }
                    if (manifest.closed() && events - 1 > manifest.segments()) {
                        throw parts.damaged(
                                "it has more segments than the " + manifest.segments() + " of its manifest");
                    }
                    store.append(rows);
                }
                part = parts.next();
            }
            if (!Arrays.equals(content(Part.Kind.END), RecordingExport.end(events - 1, digest))) {
                throw parts.damaged("it ends with another segment than it should");
            }
            long segments = events - 1;
            AtomicLong packed = new AtomicLong();
            store.finish(() -> {
                long rows = packed.getAndIncrement();
                // The first row is the header.
                limits.progress().at(Step.PACKING, Math.max(0, rows - 1), segments);
            });
        }
    }

    private Segment segment(byte[] group, int at) {
        try {
            return Segment.parse(Arrays.copyOfRange(group, at, at + Segment.lengthAt(group, at)));
        } catch (CodecException e) {
            throw parts.damaged("a segment makes no sense: " + e.getMessage());
        }
    }

    private static EventRow row(long sequenceNr, String manifest, byte[] payload) {
        return new EventRow(sequenceNr, JournalEventSerializer.IDENTIFIER, manifest, WRITER, 0, payload);
    }

    /// Reads the new recording to check it: each segment must follow the previous one.
    private ExportSummary checked(RecordingDirectory directory, RecordingHeader header, int images) throws IOException {
        try (RecordingReader reader = StoredRecordingReader.open(directory.path(), OpenOptions.STRICT)) {
            long slices = 0;
            for (long ordinal = 0; ordinal < reader.segmentCount(); ordinal++) {
                if (ordinal % BATCH == 0) {
                    limits.progress().at(Step.CHECKING, ordinal, reader.segmentCount());
                }
                slices += reader.segment(ordinal).slices();
            }
            return new ExportSummary(
                    header.recordingId(),
                    reader.isComplete(),
                    reader.segmentCount(),
                    slices,
                    images,
                    header.images().size(),
                    Files.size(file));
        }
    }
}
