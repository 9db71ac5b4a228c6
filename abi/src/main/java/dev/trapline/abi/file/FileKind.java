package dev.trapline.abi.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/// What stands under a name in the file system.
public enum FileKind {
    NOTHING("does not exist"),
    REGULAR("is a file"),
    DIRECTORY("is a directory"),
    LINK("is a symbolic link"),
    PIPE("is a named pipe"),
    /// Such as a terminal, or `/dev/null`.
    DEVICE("is a device"),
    /// Such as a disk.
    BLOCK_DEVICE("is a block device"),
    SOCKET("is a socket"),
    OTHER("is neither a file nor a directory");

    /// The type of a file in a Unix mode, and its values.
    private static final int TYPE = 0170000;

    private static final int TYPE_PIPE = 0010000;
    private static final int TYPE_CHARACTERS = 0020000;
    private static final int TYPE_BLOCKS = 0060000;
    private static final int TYPE_SOCKET = 0140000;

    private final String words;

    FileKind(String words) {
        this.words = words;
    }

    /// The kind as the end of a sentence that begins with the file's name.
    public String words() {
        return words;
    }

    /// Looks at a name. Never opens the file.
    ///
    /// @param options NOFOLLOW_LINKS to see a link itself
    /// @throws IOException if it cannot be looked at
    public static FileKind of(Path file, LinkOption... options) throws IOException {
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(file, BasicFileAttributes.class, options);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return NOTHING;
        }
        if (attributes.isRegularFile()) {
            return REGULAR;
        }
        if (attributes.isDirectory()) {
            return DIRECTORY;
        }
        return attributes.isSymbolicLink() ? LINK : special(file, options);
    }

    private static FileKind special(Path file, LinkOption... options) throws IOException {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return OTHER;
        }
        return switch ((Integer) Files.getAttribute(file, "unix:mode", options) & TYPE) {
            case TYPE_PIPE -> PIPE;
            case TYPE_CHARACTERS -> DEVICE;
            case TYPE_BLOCKS -> BLOCK_DEVICE;
            case TYPE_SOCKET -> SOCKET;
            default -> OTHER;
        };
    }
}
