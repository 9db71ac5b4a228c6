package dev.trapline.journal.store;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.Durability;
import dev.trapline.abi.machine.Image;
import dev.trapline.journal.RecordingException;
import dev.trapline.journal.RecordingException.Kind;
import dev.trapline.journal.record.RecordingHeader;
import dev.trapline.journal.record.RecordingHeader.ImageRef;
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
            Path path, RecordingHeader header, String store, Durability durability, List<Image> images) {
        List<ImageRef> refs = images.stream().map(ImageRef::of).toList();
        if (!refs.equals(header.images())) {
            throw new IllegalArgumentException(
                    "the header names other images than those given: " + header.images() + " and " + refs);
        }
        List<Bytes> contents = images.stream().map(Image::content).toList();
        RecordingDirectory directory = make(path, durability, contents);
        try {
            directory.write(Manifest.open(header.recordingId(), store, durability.id()));
            return directory;
        } catch (RecordingException e) {
            directory.discard();
            throw e;
        }
    }

    /// Makes a directory without a manifest: no recording until it is given one by [#write]. If that fails, what
    /// was made of it is taken away again.
    ///
    /// @param images content of the images that are kept inside
    /// @throws RecordingException if there is something at that place, or it cannot be written
    public static RecordingDirectory make(Path path, Durability durability, List<Bytes> images) {
        RecordingDirectory directory = new RecordingDirectory(path);
        Path parent = path.toAbsolutePath().getParent();
        try {
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.createDirectory(path);
        } catch (FileAlreadyExistsException e) {
            throw cannotCreate(path, e);
        } catch (IOException e) {
            throw new RecordingException(Kind.STORAGE, cannotMake(path, e), e);
        }
        try {
            Files.createDirectory(directory.images());
            for (Bytes image : images) {
                Path target = directory.images().resolve(image.sha256());
                if (!Files.exists(target)) {
                    Files.write(target, image.toArray());
                    force(durability, target);
                }
            }
            if (durability != Durability.NONE) {
                Disk.forceDirectory(directory.images());
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

    private static void force(Durability durability, Path file) throws IOException {
        if (durability != Durability.NONE) {
            Disk.force(file);
        }
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
        return "cannot make a recording at " + path + ": " + cause.getClass().getSimpleName() + " " + cause.getMessage()
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
        return path.resolve("images");
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
        return images().resolve(ref.sha256());
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

    /// The file that whoever writes the recording holds a lock on.
    Path lockFile() {
        return path.resolve("lock");
    }
}
