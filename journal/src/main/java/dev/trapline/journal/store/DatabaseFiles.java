package dev.trapline.journal.store;

import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.BoundedFile.Links;
import dev.trapline.abi.file.FileKind;
import dev.trapline.abi.file.UnusableFileException;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The files that the driver reads for a connection: it opens whatever is there, and would wait at a pipe for ever.
///
/// @param home the user's, in which the usual ones are
/// @param environment may name the file of passwords
record DatabaseFiles(Path home, Map<String, String> environment) {

    /// The most that such a file may have, in bytes.
    private static final long MOST = 1 << 20;

    private static final Path NONE = Path.of("/dev/null");

    private static final Set<PosixFilePermission> OF_OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);

    /// Those of this process.
    static DatabaseFiles ofProcess() {
        return new DatabaseFiles(Path.of(System.getProperty("user.home", "")), Database.environment());
    }

    /// Which certificates the driver trusts to certify a host, as `psql` does. Where there is no such file, it is
    /// whom Java trusts.
    Path certificates() {
        return home.resolve(".postgresql").resolve("root.crt");
    }

    /// Makes sure that all are regular, and not too large, and that what is secret in them is the user's alone.
    ///
    /// @param parameters of the URL
    /// @param passwords whether the driver will look for a password
    /// @throws RecordingException if one is not
    void require(Map<String, String> parameters, boolean passwords) {
        if (passwords) {
            String named = System.getProperty("org.postgresql.pgpassfile", environment.getOrDefault("PGPASSFILE", ""));
            require("the file of passwords", named.isEmpty() ? home.resolve(".pgpass") : Path.of(named), true);
        }
        List<Path> keys = new ArrayList<>(List.of(
                home.resolve(".postgresql").resolve("postgresql.pk8"),
                home.resolve(".postgresql").resolve("postgresql.key")));
        List<Path> certificates =
                new ArrayList<>(List.of(certificates(), home.resolve(".postgresql").resolve("postgresql.crt")));
        add(keys, parameters, "sslkey");
        add(certificates, parameters, "sslcert");
        add(certificates, parameters, "sslrootcert");
        certificates.forEach(file -> require("the file of certificates", file, false));
        keys.forEach(file -> require("the private key", file, true));
    }

    private static void add(List<Path> files, Map<String, String> parameters, String parameter) {
        String file = parameters.getOrDefault(parameter, "");
        if (!file.isEmpty()) {
            files.add(Path.of(file));
        }
    }

    private static void require(String what, Path file, boolean secret) {
        try {
            if (file.equals(NONE) || FileKind.of(file) == FileKind.NOTHING) {
                return;
            }
            BoundedFile.requireRegular(file, Links.FOLLOWED);
            if (Files.size(file) > MOST) {
                throw new UnusableFileException("has more than " + MOST + " bytes");
            }
            if (secret && isOpenToOthers(file)) {
                throw new UnusableFileException("can be read or written by others, so it may be known to them or be theirs:"
                        + " make it yours alone (chmod 600)");
            }
        } catch (IOException e) {
            throw new RecordingException(Kind.STORAGE, what + " " + file + " " + BoundedFile.reason(e), e);
        }
    }

    private static boolean isOpenToOthers(Path file) throws IOException {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                && Files.getPosixFilePermissions(file).stream().anyMatch(OF_OTHERS::contains);
    }
}
