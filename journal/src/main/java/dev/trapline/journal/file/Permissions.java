package dev.trapline.journal.file;

import dev.trapline.abi.machine.Sharing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/// Decides who may read the files of a recording. A directory is made private, or with the permissions that the umask
/// allows. Files that are made in it later get the permissions of the directory.
///
/// On a file system without such permissions, nothing is done.
public final class Permissions {

    private static final Set<PosixFilePermission> PRIVATE_DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> PRIVATE_FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> EXECUTE = EnumSet.of(
            PosixFilePermission.OWNER_EXECUTE, PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_EXECUTE);

    private static final Set<PosixFilePermission> READ_OR_WRITTEN_BY_ALL =
            EnumSet.of(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);

    private Permissions() {}

    /// Makes a directory.
    public static void makeDirectory(Path directory, Sharing sharing) throws IOException {
        if (sharing == Sharing.UMASK || !areKnown(directory)) {
            Files.createDirectory(directory);
            return;
        }
        Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(PRIVATE_DIRECTORY));
        set(directory, PRIVATE_DIRECTORY);
    }

    /// Whether all users of the machine can read or write a file.
    public static boolean isOpenToAll(Path file) throws IOException {
        return areKnown(file) && !Collections.disjoint(Files.getPosixFilePermissions(file), READ_OR_WRITTEN_BY_ALL);
    }

    /// Makes a directory inside another one, with the same permissions.
    public static void makeDirectoryIn(Path parent, String name) throws IOException {
        Path directory = parent.resolve(name);
        makeDirectory(directory, Sharing.PRIVATE);
        if (areKnown(directory)) {
            set(directory, ofDirectory(parent));
        }
    }

    /// Makes an empty file, which must not exist.
    public static void makeFile(Path file, Sharing sharing) throws IOException {
        if (sharing == Sharing.UMASK || !areKnown(file)) {
            Files.createFile(file);
            return;
        }
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PRIVATE_FILE));
        set(file, PRIVATE_FILE);
    }

    /// Makes an empty file in a recording, with the permissions of its directory. The file must not exist.
    public static void makeFile(Path file) throws IOException {
        makeFile(file, Sharing.PRIVATE);
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null && areKnown(file)) {
            Set<PosixFilePermission> wanted = EnumSet.copyOf(ofDirectory(parent));
            wanted.removeAll(EXECUTE);
            set(file, wanted);
        }
    }

    /// The permissions that a directory gives to others; its owner has all.
    private static Set<PosixFilePermission> ofDirectory(Path directory) throws IOException {
        Set<PosixFilePermission> permissions = EnumSet.copyOf(PRIVATE_DIRECTORY);
        permissions.addAll(Files.getPosixFilePermissions(directory));
        return permissions;
    }

    private static boolean areKnown(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /// The umask may have removed more permissions than wanted.
    private static void set(Path file, Set<PosixFilePermission> wanted) throws IOException {
        if (!Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS).equals(wanted)) {
            Files.setPosixFilePermissions(file, wanted);
        }
    }
}
