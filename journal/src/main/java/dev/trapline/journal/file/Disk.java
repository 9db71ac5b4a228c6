package dev.trapline.journal.file;

import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.BoundedFile.Links;
import dev.trapline.abi.file.FileKind;
import dev.trapline.abi.file.UnusableFileException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// Forces files and directories to the disk.
public final class Disk {

    private Disk() {}

    /// Forces a file's content to the disk, whichever process wrote it.
    public static void force(Path file) throws IOException {
        try (FileChannel channel = BoundedFile.open(file, Links.REFUSED)) {
            channel.force(true);
        }
    }

    /// Forces a directory's entries to the disk, where the system can open a directory: Windows can't.
    public static void forceDirectory(Path directory) throws IOException {
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /// Removes the rest of a file that could not be made. If that fails, the rest does no harm.
    public static void deleteQuietly(Path file) {
        try {
            deleteRegular(file);
        } catch (IOException e) {
            // The first error is the one to report.
        }
    }

    /// Removes a regular file, if there is one.
    ///
    /// @throws IOException if the path is something else: that is never replaced
    public static void deleteRegular(Path file) throws IOException {
        requireReplaceable(file);
        Files.deleteIfExists(file);
    }

    private static void requireReplaceable(Path file) throws IOException {
        FileKind kind = FileKind.of(file, LinkOption.NOFOLLOW_LINKS);
        if (kind != FileKind.REGULAR && kind != FileKind.NOTHING) {
            throw new UnusableFileException(file + " " + kind.words() + ", which is not replaced: move it away");
        }
    }

    /// Writes a file, which is there as a whole or not at all. Who may read it follows from its directory. A link
    /// of any kind stays as it is: the file is a new one.
    ///
    /// @throws IOException if it cannot be written, or if something else than a file has its name
    public static void write(Path file, String text) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        deleteRegular(fresh);
        Permissions.makeFile(fresh);
        BoundedFile.write(fresh, text.getBytes(StandardCharsets.UTF_8));
        replace(fresh, file);
    }

    /// Replaces a file by another one: after a power cut, the path is one or the other.
    ///
    /// @throws IOException if that cannot be done, or there is something else than a regular file in its place
    public static void replace(Path fresh, Path file) throws IOException {
        requireReplaceable(file);
        force(fresh);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            forceDirectory(directory);
        }
    }
}
