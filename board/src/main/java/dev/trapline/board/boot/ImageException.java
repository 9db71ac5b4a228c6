package dev.trapline.board.boot;

/// An image cannot be started on this machine. The operator's mistake or a damaged file, never a defect of Trapline.
///
/// The message names the image, what is wrong with it and where, and what to do about it.
public final class ImageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String image;

    /// @param image the image's name, for people
    /// @param problem what is wrong, where, and what to do: a sentence without its full stop
    public ImageException(String image, String problem) {
        super(image + ": " + problem);
        this.image = image;
    }

    /// The name of the image that is refused.
    public String image() {
        return image;
    }
}
