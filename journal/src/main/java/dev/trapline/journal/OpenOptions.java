package dev.trapline.journal;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a recording is opened.
///
/// @param ignoreImageHash whether an image is taken as it is although it is not what its hash says: the replay then
///     diverges where the change first matters
/// @param images files of images that the recording was exported without; each is found by the hash of its content
/// @param database that the user has named: only there are events looked for that are not in the recording's directory;
///     null for the one that the environment names
public record OpenOptions(
        boolean ignoreImageHash,
        List<Path> images,
        @Nullable NamedDatabase database) {

    /// Every image must be what its hash says.
    public static final OpenOptions STRICT = new OpenOptions(false, List.of(), null);

    /// Images are taken as they are.
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
