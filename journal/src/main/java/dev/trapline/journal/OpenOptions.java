package dev.trapline.journal;

import java.nio.file.Path;
import java.util.List;

/// How a recording is opened.
///
/// @param ignoreImageHash whether an image is taken as it is although it is not what its hash says: the replay then
///     diverges where the change first matters
/// @param images files of images that the recording was exported without; each is found by the hash of its content
public record OpenOptions(boolean ignoreImageHash, List<Path> images) {

    /// Every image must be what its hash says.
    public static final OpenOptions STRICT = new OpenOptions(false, List.of());

    /// Images are taken as they are.
    public static final OpenOptions IGNORE_IMAGE_HASH = new OpenOptions(true, List.of());

    public OpenOptions {
        images = List.copyOf(images);
    }

    /// The same, with files of images that the recording lacks.
    public OpenOptions withImages(List<Path> files) {
        return new OpenOptions(ignoreImageHash, files);
    }
}
