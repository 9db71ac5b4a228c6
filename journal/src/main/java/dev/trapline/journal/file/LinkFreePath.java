package dev.trapline.journal.file;

import dev.trapline.abi.file.BoundedFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/// A file that is opened without following symbolic links below the directory that the user named: a stranger may have
/// put links there.
///
/// @param file absolute
/// @param below how many names of the path lie below the user's directory, 1 or more
public record LinkFreePath(Path file, int below) {

    private static final char SEPARATOR = '@';

    public LinkFreePath {
        file = file.toAbsolutePath();
    }

    /// A file in the user's directory.
    public static LinkFreePath of(Path file) {
        return new LinkFreePath(file, 1);
    }

    /// The user's directory.
    public Path top() {
        Path top = file;
        for (int n = 0; n < below; n++) {
            Path parent = top.getParent();
            top = parent == null ? top : parent;
        }
        return top;
    }

    /// Opens it to read.
    ///
    /// @throws IOException if it is not a regular file, or a link leads to it
    FileChannel open() throws IOException {
        return BoundedFile.openIn(top(), file);
    }

    /// Opens it to read and write, as above.
    FileChannel openToWrite() throws IOException {
        return BoundedFile.openToWriteIn(top(), file);
    }

    /// As a part of a name in the store's file systems.
    String text() {
        return below + String.valueOf(SEPARATOR) + file;
    }

    /// The path that [#text] wrote. The names that the store makes itself, of parents for instance, are paths
    /// alone.
    static LinkFreePath parse(String text) {
        int at = text.indexOf(SEPARATOR);
        return at > 0 && text.substring(0, at).chars().allMatch(Character::isDigit)
                ? new LinkFreePath(Path.of(text.substring(at + 1)), Integer.parseInt(text.substring(0, at)))
                : of(Path.of(text));
    }
}
