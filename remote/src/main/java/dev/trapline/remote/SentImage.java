package dev.trapline.remote;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.Image;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// Checks images that a driver sent. An image is sent as bytes. A driver that sends a file's path gets an error;
/// otherwise its machine would execute the characters of the path.
final class SentImage {

    /// The longest text that is treated as a path: Linux's PATH_MAX.
    private static final int LONGEST_PATH = 4096;

    private static final int LONGEST_NAME = 255;

    /// One line of printable text that begins like a path or a file URL.
    private static final Pattern PATH = Pattern.compile("(/|\\./|\\.\\./|~|[A-Za-z]:[/\\\\]|file:)[\\x20-\\x7e]*\\n?");

    private SentImage() {}

    /// @throws IllegalArgumentException if its name or its content is a path
    static Image require(Image image) {
        String name = image.name();
        if (name.isEmpty()
                || name.length() > LONGEST_NAME
                || name.chars().anyMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c))) {
            throw new IllegalArgumentException("the name of an image is a file's own name, of 1 to " + LONGEST_NAME
                    + " characters without '/' and '\\'; it is only shown in messages, and no file of that name "
                    + "is opened");
        }
        requireContent("the content of image '" + name + "'", image.content());
        return image;
    }

    /// @param what what it is, as the beginning of a sentence
    /// @throws IllegalArgumentException if it is a path
    static Bytes requireContent(String what, Bytes content) {
        if (content.size() <= LONGEST_PATH) {
            String text = new String(content.toArray(), StandardCharsets.ISO_8859_1);
            if (PATH.matcher(text).matches()) {
                throw new IllegalArgumentException(
                        what + " is the path of a file: send the file's content; this server opens no files for "
                                + "drivers");
            }
        }
        return content;
    }
}
