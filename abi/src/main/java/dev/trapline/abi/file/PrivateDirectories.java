package dev.trapline.abi.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// Directories that are the user's alone, whatever the umask: what lies in them is trusted later.
public final class PrivateDirectories {

    private PrivateDirectories() {}

    /// Makes directories up to the last of a path, where there are none yet. Those that are there stay as they are.
    ///
    /// @throws IOException if one cannot be made
    public static void make(Path directory) throws IOException {
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectories(directory);
        }
    }
}
