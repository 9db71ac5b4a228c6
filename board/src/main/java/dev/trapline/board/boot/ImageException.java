package dev.trapline.board.boot;

/// An image cannot be started on this machine. The user has made a mistake or the file is damaged; it is never a defect
/// of Trapline.
///
/// The message says which image is refused, what is wrong and where, and what to do.
public final class ImageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String image;

    /// @param image the image's name, for messages
    /// @param problem what is wrong, where, and what to do: a sentence without its full stop
    public ImageException(String image, String problem) {
        super(image + ": " + problem);
        this.image = image;
    }

    /// The name of the refused image.
    public String image() {
        return image;
    }
}
