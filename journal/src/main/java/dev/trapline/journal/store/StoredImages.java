package dev.trapline.journal.store;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.FileKind;
import dev.trapline.abi.file.Waiting;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.abi.history.RecordingHeader.ImageRef;
import dev.trapline.abi.machine.Image;
import dev.trapline.journal.OpenOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// The images of a recording: those inside it, and those that were given for what it was exported without. They are
/// compared with their hashes when the recording is opened, and read on request: reading a history needs no images.
final class StoredImages {

    private static final int STEP = 1 << 16;

    private final RecordingDirectory directory;
    private final RecordingHeader header;
    private final boolean ignoreHash;
    private final SortedMap<String, Bytes> given;

    private StoredImages(
            RecordingDirectory directory, RecordingHeader header, boolean ignoreHash, SortedMap<String, Bytes> given) {
        this.directory = directory;
        this.header = header;
        this.ignoreHash = ignoreHash;
        this.given = given;
    }

    /// Compares the images with their hashes.
    ///
    /// @throws RecordingException if, unless that is to be ignored, one has changed; if one is no regular file, or
    ///     larger than it can be; or if one was given that the recording does not name
    static StoredImages of(RecordingDirectory directory, RecordingHeader header, OpenOptions options) {
        for (ImageRef ref : header.images()) {
            long most = Image.most(ref.kind(), header.spec().board().ramBytes());
            if (ref.size() < 0 || ref.size() > most) {
                throw new RecordingException(
                        Kind.DAMAGED,
                        "the recording " + directory.path() + " names an image '" + ref.name() + "' of "
                                + Long.toUnsignedString(ref.size()) + " bytes; such an image has at most " + most);
            }
        }
        StoredImages images = new StoredImages(
                directory, header, options.ignoreImageHash(), given(directory.path(), header, options));
        Set<String> checked = new TreeSet<>();
        for (ImageRef ref : header.images()) {
            if (checked.add(key(ref))) {
                images.check(ref);
            }
        }
        return images;
    }

    private void check(ImageRef ref) {
        Path file = directory.image(ref);
        if (!isInside(ref)) {
            return;
        }
        try (FileChannel channel = BoundedFile.openIn(directory.path(), file)) {
            if (!ignoreHash) {
                long size = channel.size();
                requireUnchanged(ref, size, size == ref.size() ? sha256(channel, size) : "");
            }
        } catch (IOException e) {
            throw unreadable(ref, file, e);
        }
    }

    private boolean isInside(ImageRef ref) {
        Path file = directory.image(ref);
        try {
            return FileKind.of(file, LinkOption.NOFOLLOW_LINKS) != FileKind.NOTHING;
        } catch (IOException e) {
            throw unreadable(ref, file, e);
        }
    }

    /// The same for images whose content is the same file of the same size: a header may name one a thousand times,
    /// and it is read once.
    private static String key(ImageRef ref) {
        return ref.kind() + " " + ref.size() + " " + ref.sha256();
    }

    private Bytes content(ImageRef ref) {
        Path file = directory.image(ref);
        Bytes content;
        try {
            long most =
                    ignoreHash ? Image.most(ref.kind(), header.spec().board().ramBytes()) : ref.size();
            content = Bytes.copyOf(BoundedFile.readIn(directory.path(), file, most));
        } catch (IOException e) {
            throw unreadable(ref, file, e);
        }
        if (!ignoreHash) {
            requireUnchanged(ref, content.size(), content.sha256());
        }
        return content;
    }

    /// The hash of the beginning of a file.
    ///
    /// @param size the number of bytes to read: the file may grow meanwhile, without an end
    static String sha256(FileChannel channel, long size) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        ByteBuffer buffer = ByteBuffer.allocate(STEP);
        for (long left = size; left > 0 && channel.read(buffer.clear().limit((int) Math.min(left, STEP))) > 0; ) {
            left -= buffer.flip().remaining();
            digest.update(buffer);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /// @param hash of the stored image; empty if it need not be known, since the size is another one
    private void requireUnchanged(ImageRef ref, long size, String hash) {
        if (size == ref.size() && hash.equals(ref.sha256())) {
            return;
        }
        String difference = size == ref.size()
                ? "its hash is " + hash + " and should be " + ref.sha256()
                : "it has " + size + " bytes and should have " + ref.size();
        throw new RecordingException(
                Kind.IMAGE_CHANGED,
                "the image '" + ref.name() + "' in the recording " + directory.path() + " has changed: " + difference
                        + "; with the image hash ignored, the replay shows where that first matters");
    }

    private RecordingException unreadable(ImageRef ref, Path file, IOException e) {
        return new RecordingException(
                Kind.DAMAGED,
                "the image '" + ref.name() + "' in the recording " + directory.path() + " cannot be used: " + file + " "
                        + BoundedFile.reason(e),
                e);
    }

    private static SortedMap<String, Bytes> given(Path recording, RecordingHeader header, OpenOptions options) {
        long largest = header.images().stream().mapToLong(ImageRef::size).max().orElse(0);
        SortedMap<String, Bytes> given = new TreeMap<>();
        for (Path file : options.images()) {
            Bytes content;
            try {
                content = Bytes.copyOf(BoundedFile.readGiven(file, largest, Waiting.UNLIMITED));
            } catch (IOException e) {
                throw new RecordingException(
                        Kind.IMAGE_MISSING,
                        "the image " + file + " " + BoundedFile.reason(e) + "; wanted " + described(header.images()),
                        e);
            }
            String hash = content.sha256();
            if (header.images().stream().noneMatch(ref -> ref.sha256().equals(hash))) {
                throw new RecordingException(
                        Kind.IMAGE_MISSING,
                        "the file " + file + " is not one of the images of the recording " + recording
                                + ": its hash is " + hash + "; wanted " + described(header.images()));
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
    /// @throws RecordingException if one is missing, or has changed since
    List<Image> all() {
        List<ImageRef> missing = header.images().stream()
                .filter(ref -> !isInside(ref) && !given.containsKey(ref.sha256()))
                .toList();
        if (!missing.isEmpty()) {
            throw new RecordingException(
                    Kind.IMAGE_MISSING,
                    "the recording " + directory.path() + " does not hold its image " + described(missing)
                            + ": give the file with --image FILE");
        }
        List<Image> all = new ArrayList<>();
        SortedMap<String, Bytes> contents = new TreeMap<>();
        for (ImageRef ref : header.images()) {
            Bytes content = contents.computeIfAbsent(key(ref), _ -> {
                Bytes other = given.get(ref.sha256());
                return isInside(ref) || other == null ? content(ref) : other;
            });
            all.add(new Image(ref.kind(), ref.name(), ref.address(), content));
        }
        return List.copyOf(all);
    }
}
