package dev.trapline.journal.store;

import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.FileKind;
import dev.trapline.abi.file.WriteFailure;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.abi.history.RecordingHeader.ImageRef;
import dev.trapline.abi.machine.Durability;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.StoragePolicy;
import dev.trapline.journal.file.Disk;
import dev.trapline.journal.file.MvFile;
import dev.trapline.journal.file.Permissions;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A recording's directory: self-contained, and portable as a whole.
///
/// ```text
/// rec/manifest          what it is, see Manifest; written last: without it there is no recording
/// rec/journal.mv        the events
/// rec/images/<sha256>   the content of each image
/// rec/checkpoints/      a cache, see CheckpointStore; no part of the recording
/// ```
public final class RecordingDirectory {

    private static final String IMAGES = "images";

    private final Path path;

    private RecordingDirectory(Path path) {
        this.path = path;
    }

    /// The directory of a recording that is there.
    public static RecordingDirectory at(Path path) {
        return new RecordingDirectory(path);
    }

    /// Makes a directory for a new recording. If that fails, what was made of it is taken away again.
    ///
    /// @throws RecordingException if there is something at that place, or it cannot be written
    public static RecordingDirectory create(
            Path path, RecordingHeader header, String store, StoragePolicy policy, List<Image> images) {
        RecordingDirectory directory = prepare(path, header, policy, images);
        try {
            directory.begin(header, store, policy);
            return directory;
        } catch (RecordingException e) {
            directory.discard();
            throw e;
        }
    }

    /// Makes the directory with its images: no recording until [#begin]. If that fails, what was made of it is
    /// taken away again.
    ///
    /// @throws RecordingException if there is something at that place, or it cannot be written
    public static RecordingDirectory prepare(
            Path path, RecordingHeader header, StoragePolicy policy, List<Image> images) {
        List<ImageRef> refs = images.stream().map(ImageRef::of).toList();
        if (!refs.equals(header.images())) {
            throw new IllegalArgumentException(
                    "the header names other images than those given: " + header.images() + " and " + refs);
        }
        RecordingDirectory directory = make(path, policy);
        try {
            directory.add(images, policy.durability());
            return directory;
        } catch (RecordingException e) {
            directory.discard();
            throw e;
        }
    }

    /// Makes the directory a recording, which is open. Its writer has its lock before, so that nobody takes
    /// it for one that was left.
    public void begin(RecordingHeader header, String store, StoragePolicy policy) {
        write(Manifest.open(header.recordingId(), store, policy.durability().id()));
    }

    /// As above, for its owner alone.
    public static RecordingDirectory create(
            Path path, RecordingHeader header, String store, Durability durability, List<Image> images) {
        return create(path, header, store, StoragePolicy.DEFAULT.with(durability), images);
    }

    /// Makes a directory without a manifest: no recording until it is given one by [#write]. If that fails, what
    /// was made of it is taken away again.
    ///
    /// @throws RecordingException if there is something at that place, or it cannot be written
    public static RecordingDirectory make(Path path, StoragePolicy policy) {
        RecordingDirectory directory = new RecordingDirectory(path);
        Path parent = path.toAbsolutePath().getParent();
        try {
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Permissions.makeDirectory(path, policy.sharing());
        } catch (FileAlreadyExistsException e) {
            throw cannotCreate(path, e);
        } catch (IOException e) {
            throw new RecordingException(Kind.STORAGE, cannotMake(path, e), e);
        }
        try {
            Permissions.makeDirectoryIn(path, IMAGES);
            if (policy.durability() != Durability.NONE) {
                Disk.forceDirectory(path);
                if (parent != null) {
                    Disk.forceDirectory(parent);
                }
            }
            return directory;
        } catch (IOException e) {
            directory.discard();
            throw new RecordingException(Kind.STORAGE, cannotMake(path, e), e);
        }
    }

    private void add(List<Image> images, Durability durability) {
        try {
            for (Image image : images) {
                Path target = images().resolve(image.content().sha256());
                if (!Files.exists(target)) {
                    Permissions.makeFile(target);
                    BoundedFile.write(target, image.content().toArray());
                    if (durability != Durability.NONE) {
                        Disk.force(target);
                    }
                }
            }
            if (durability != Durability.NONE) {
                Disk.forceDirectory(images());
            }
        } catch (IOException e) {
            throw new RecordingException(Kind.STORAGE, cannotMake(path, e), e);
        }
    }

    /// An image that is written bit by bit, and whose name is known at the end of it.
    ///
    /// @return the file, empty
    public Path newImage() throws IOException {
        Path file = images().resolve("new");
        Disk.deleteRegular(file);
        Permissions.makeFile(file);
        return file;
    }

    /// Gives an image its name, and forces it to the disk.
    ///
    /// @param file as [#newImage] made it
    public void keepImage(Path file, String sha256) throws IOException {
        Disk.replace(file, images().resolve(sha256));
    }

    /// Writes the manifest, whole or not at all.
    public void write(Manifest manifest) {
        try {
            manifest.write(manifestFile());
        } catch (IOException e) {
            throw MvFile.cannotWrite(manifestFile(), e);
        }
    }

    /// Reads the manifest.
    ///
    /// @throws RecordingException if there is none that this build reads
    public Manifest manifest() {
        return Manifest.read(manifestFile());
    }

    private static RecordingException cannotCreate(Path path, FileAlreadyExistsException e) {
        boolean itself = Files.exists(path, LinkOption.NOFOLLOW_LINKS);
        return itself
                ? new RecordingException(
                        Kind.EXISTS,
                        "there is already something at " + path
                                + ": a recording is never overwritten; choose another place, or remove it",
                        e)
                : new RecordingException(Kind.STORAGE, cannotMake(path, e), e);
    }

    private static String cannotMake(Path path, IOException cause) {
        return "cannot make a recording at " + path + ": " + WriteFailure.reason(cause)
                + "; choose a place that can be written and has room";
    }

    /// Takes away what was made of a recording that could not begin.
    public void discard() {
        List<Path> made = new ArrayList<>();
        try (var inside = Files.walk(path)) {
            inside.forEach(made::add);
            for (Path file : made.reversed()) {
                Files.deleteIfExists(file);
            }
        } catch (DirectoryNotEmptyException e) {
            // Somebody else put something there: it is not ours to remove.
        } catch (IOException e) {
            // The error that led here is the one to report; a rest without a manifest is not taken for a recording.
        }
    }

    public Path path() {
        return path;
    }

    /// The file of the MVStore.
    public Path eventFile() {
        return path.resolve("journal.mv");
    }

    private Path manifestFile() {
        return path.resolve("manifest");
    }

    private Path images() {
        return path.resolve(IMAGES);
    }

    /// The file of an image's content.
    ///
    /// @throws RecordingException if the reference is no hash
    Path image(ImageRef ref) {
        if (!ref.sha256().matches("[0-9a-f]{64}")) {
            throw new RecordingException(
                    Kind.DAMAGED,
                    "the recording " + path + " names an image '" + ref.name() + "' by '" + ref.sha256()
                            + "', which is no hash");
        }
        requireOwnImages();
        return images().resolve(ref.sha256());
    }

    /// A link in its place would lead out of the recording.
    private void requireOwnImages() {
        try {
            FileKind kind = FileKind.of(images(), LinkOption.NOFOLLOW_LINKS);
            if (kind != FileKind.DIRECTORY && kind != FileKind.NOTHING) {
                throw new RecordingException(
                        Kind.DAMAGED,
                        "the recording " + path + " has no directory of images: " + images() + " " + kind.words());
            }
        } catch (IOException e) {
            throw new RecordingException(Kind.DAMAGED, images() + " " + BoundedFile.reason(e), e);
        }
    }

    /// Notes that the recorder is done.
    ///
    /// @param segments how many there are
    /// @param digest of the last of them, of the header if there is none
    public void markClosed(long segments, long digest) {
        write(manifest().close(segments, digest));
    }

    /// Notes that the recording is being written again.
    void markOpen(Durability durability) {
        Manifest is = manifest();
        write(Manifest.open(is.id(), is.store(), durability.id()));
    }

    /// The file that a writer of the recording holds a lock on.
    Path lockFile() {
        return path.resolve("lock");
    }
}
