package dev.trapline.journal.store;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.Image;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingException;
import dev.trapline.journal.RecordingException.Kind;
import dev.trapline.journal.record.RecordingHeader;
import dev.trapline.journal.record.RecordingHeader.ImageRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The images of a recording: those inside it, and those that were given for what it was exported without.
final class StoredImages {

    private final Path recording;
    private final List<Image> present;
    private final List<ImageRef> missing;

    private StoredImages(Path recording, List<Image> present, List<ImageRef> missing) {
        this.recording = recording;
        this.present = List.copyOf(present);
        this.missing = List.copyOf(missing);
    }

    /// Reads the images and holds them against their hashes.
    ///
    /// @throws RecordingException if, unless that is to be ignored, one has changed, or one was given that the
    ///     recording does not name
    static StoredImages read(RecordingDirectory directory, RecordingHeader header, OpenOptions options) {
        SortedMap<String, Bytes> given = given(directory.path(), header, options);
        List<Image> present = new ArrayList<>();
        List<ImageRef> missing = new ArrayList<>();
        for (ImageRef ref : header.images()) {
            Path file = directory.image(ref);
            Bytes other = given.get(ref.sha256());
            if (Files.exists(file)) {
                present.add(image(ref, inside(directory.path(), ref, file, options)));
            } else if (other != null) {
                present.add(image(ref, other));
            } else {
                missing.add(ref);
            }
        }
        return new StoredImages(directory.path(), present, missing);
    }

    private static Image image(ImageRef ref, Bytes content) {
        return new Image(ref.kind(), ref.name(), ref.address(), content);
    }

    private static Bytes inside(Path recording, ImageRef ref, Path file, OpenOptions options) {
        Bytes content;
        try {
            content = Bytes.copyOf(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new RecordingException(
                    Kind.DAMAGED,
                    "the image '" + ref.name() + "' in the recording " + recording + " cannot be read: " + file,
                    e);
        }
        String hash = content.sha256();
        if (!options.ignoreImageHash() && !hash.equals(ref.sha256())) {
            throw new RecordingException(
                    Kind.IMAGE_CHANGED,
                    "the image '" + ref.name() + "' in the recording " + recording + " has changed: its hash is " + hash
                            + " and should be " + ref.sha256()
                            + "; with the image hash ignored, the replay shows where that first matters");
        }
        return content;
    }

    private static SortedMap<String, Bytes> given(Path recording, RecordingHeader header, OpenOptions options) {
        SortedMap<String, Bytes> given = new TreeMap<>();
        for (Path file : options.images()) {
            Bytes content;
            try {
                content = Bytes.copyOf(Files.readAllBytes(file));
            } catch (IOException e) {
                throw new RecordingException(Kind.IMAGE_MISSING, "the image " + file + " cannot be read", e);
            }
            String hash = content.sha256();
            if (header.images().stream().noneMatch(ref -> ref.sha256().equals(hash))) {
                throw new RecordingException(
                        Kind.IMAGE_MISSING,
                        "the file " + file + " is none of the images of the recording " + recording + ": its hash is "
                                + hash + "; wanted " + described(header.images()));
            }
            given.put(hash, content);
        }
        return given;
    }

    private static String described(List<ImageRef> images) {
        return String.join(
                ", ",
                images.stream()
                        .map(ref -> "'" + ref.name() + "' (" + ref.size() + " bytes, SHA-256 " + ref.sha256() + ")")
                        .toList());
    }

    /// All of them, in the header's order.
    ///
    /// @throws RecordingException if one is missing
    List<Image> all() {
        if (!missing.isEmpty()) {
            throw new RecordingException(
                    Kind.IMAGE_MISSING,
                    "the recording " + recording + " does not hold its image " + described(missing)
                            + ": give the file with --image FILE");
        }
        return present;
    }
}
