package dev.trapline.remote;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.Image;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// Checks images that a driver sent: they come as bytes. A driver that sends the path of a file is told so; otherwise
/// its machine would run the letters of the path.
final class SentImage {

    /// The longest text that is taken for a path: Linux's PATH_MAX.
    private static final int LONGEST_PATH = 4096;

    private static final int LONGEST_NAME = 255;

    /// Printable text in one line that begins as a path or a URL of a file does.
    private static final Pattern PATH = Pattern.compile("(/|\\./|\\.\\./|~|[A-Za-z]:[/\\\\]|file:)[\\x20-\\x7e]*\\n?");

    private SentImage() {}

    /// @throws IllegalArgumentException if its name or its content is a path
    static Image require(Image image) {
        String name = image.name();
        if (name.isEmpty()
                || name.length() > LONGEST_NAME
                || name.chars().anyMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c))) {
            throw new IllegalArgumentException("the name of an image is a file's own name, of 1 to " + LONGEST_NAME
                    + " characters without '/' and '\\'; it is shown to people, and no file is opened by it");
        }
        requireContent("the content of image '" + name + "'", image.content());
        return image;
    }

    /// @param what it is, to begin a sentence
    /// @throws IllegalArgumentException if it is a path
    static Bytes requireContent(String what, Bytes content) {
        if (content.size() <= LONGEST_PATH) {
            String text = new String(content.toArray(), StandardCharsets.ISO_8859_1);
            if (PATH.matcher(text).matches()) {
                throw new IllegalArgumentException(
                        what + " is the path of a file: send the file's bytes, nobody here opens files for a driver");
            }
        }
        return content;
    }
}
