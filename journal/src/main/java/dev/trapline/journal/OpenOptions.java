package dev.trapline.journal;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a recording is opened.
///
/// @param ignoreImageHash whether an image is accepted although its hash is wrong: the replay then diverges where the
///     change first matters
/// @param images files of images that the recording was exported without; they are matched by the hash of their content
/// @param database the database that the user has named, the only one from which events are read; null for the one that
///     the environment names
public record OpenOptions(
        boolean ignoreImageHash,
        List<Path> images,
        @Nullable NamedDatabase database) {

    /// Every image must have the recorded hash.
    public static final OpenOptions STRICT = new OpenOptions(false, List.of(), null);

    /// Images are accepted without checking their hashes.
    public static final OpenOptions IGNORE_IMAGE_HASH = new OpenOptions(true, List.of(), null);

    public OpenOptions {
        images = List.copyOf(images);
    }

    /// The same, with files of images that the recording lacks.
    public OpenOptions withImages(List<Path> files) {
        return new OpenOptions(ignoreImageHash, files, database);
    }

    /// The same, with the database that the user has named; null for the one that the environment names.
    public OpenOptions with(@Nullable NamedDatabase named) {
        return new OpenOptions(ignoreImageHash, images, named);
    }
}
