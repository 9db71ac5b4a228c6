package dev.trapline.journal;

/// How a recording is opened.
///
/// @param ignoreImageHash whether an image is taken as it is although it is not what its hash says: the replay then
///     diverges where the change first matters
public record OpenOptions(boolean ignoreImageHash) {

    /// Every image must be what its hash says.
    public static final OpenOptions STRICT = new OpenOptions(false);

    /// Images are taken as they are.
    public static final OpenOptions IGNORE_IMAGE_HASH = new OpenOptions(true);
}
