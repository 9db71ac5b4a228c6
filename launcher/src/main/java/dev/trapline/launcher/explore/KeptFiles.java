package dev.trapline.launcher.explore;

import dev.trapline.abi.file.FileKind;
import dev.trapline.abi.file.UnusableFileException;
import dev.trapline.abi.machine.Sharing;
import dev.trapline.journal.file.Permissions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// The directories of an exploration. They are private, as recordings are: what guests print is in their files. No
/// link in an exploration is followed, and nothing but a regular file is replaced: the directory may be a stranger's.
final class KeptFiles {

    private KeptFiles() {}

    /// Makes the directory that the user named, with those above it.
    static void makeNamed(Path directory) throws IOException {
        Path parent = directory.toAbsolutePath().getParent();
        if (FileKind.of(directory) == FileKind.NOTHING && parent != null) {
            Files.createDirectories(parent);
            Permissions.makeDirectory(directory, Sharing.PRIVATE);
        }
    }

    /// Makes a directory in another one, or uses the one that is there.
    ///
    /// @throws IOException if there is something else
    static Path makeIn(Path parent, String name) throws IOException {
        Path directory = parent.resolve(name);
        FileKind kind = FileKind.of(directory, LinkOption.NOFOLLOW_LINKS);
        switch (kind) {
            case NOTHING -> Permissions.makeDirectoryIn(parent, name);
            case DIRECTORY -> {}
            case REGULAR, LINK, PIPE, DEVICE, BLOCK_DEVICE, SOCKET, OTHER ->
                throw new UnusableFileException(directory + " " + kind.words() + ", and must be a directory");
        }
        return directory;
    }
}
