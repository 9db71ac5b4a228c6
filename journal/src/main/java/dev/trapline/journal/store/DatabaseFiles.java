package dev.trapline.journal.store;

import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.BoundedFile.Links;
import dev.trapline.abi.file.FileKind;
import dev.trapline.abi.file.UnusableFileException;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.LoggerFactory;

/// Checks the files that the driver reads for a connection, and reads the file of passwords. The driver opens any
/// file, and would wait at a pipe forever. Permissions are checked as in libpq: a password file that others can read
/// is ignored with a warning, and a private key that others can read is refused.
///
/// Source: PostgreSQL's documentation, 32.16 (the password file) and 32.19.2 (client certificates).
///
/// @param home the user's, in which the usual ones are
/// @param environment may name the file of passwords
record DatabaseFiles(Path home, Map<String, String> environment) {

    /// The largest such file, in bytes.
    private static final long MOST = 1 << 20;

    private static final Path NONE = Path.of("/dev/null");

    private static final long ROOT = 0;

    /// A process has one file of passwords, and may connect many times.
    private static final AtomicBoolean WARNED = new AtomicBoolean();

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

    /// The name of the process's user, with whose name the driver connects if there is no other.
    static String owner() {
        return System.getProperty("user.name", "");
    }

    /// Which certificates the driver trusts to certify a host, as `psql` does. Where there is no such file, it is
    /// that Java trusts.
    ///
    /// @param parameters of the URL
    Path certificates(Map<String, String> parameters) {
        return named(parameters, "sslrootcert", usual("root.crt"));
    }

    private Path usual(String name) {
        return home.resolve(".postgresql").resolve(name);
    }

    /// The text of the file of passwords; empty if there is none, or it is ignored. Says once for the process, as a
    /// warning, why one is ignored.
    String passwordText() {
        Path file = passwords();
        try {
            if (!isThere(file)) {
                return "";
            }
            requirePasswords(file);
            return new String(BoundedFile.read(file, MOST, Links.FOLLOWED), StandardCharsets.UTF_8);
        } catch (IOException e) {
            if (WARNED.compareAndSet(false, true)) {
                LoggerFactory.getLogger(DatabaseFiles.class)
                        .warn("the file of passwords {} is ignored: it {}", file, BoundedFile.reason(e));
            }
            return "";
        }
    }

    private Path passwords() {
        String property = System.getProperty("org.postgresql.pgpassfile", "");
        String named = property.isBlank() ? environment.getOrDefault("PGPASSFILE", "") : property;
        return named.isBlank() ? shellHome().resolve(".pgpass") : Path.of(named);
    }

    /// As in libpq, HOME holds before the system's list of users. The driver knows only that list, and so for files
    /// that it reads itself, it alone counts.
    private Path shellHome() {
        String said = environment.getOrDefault("HOME", "");
        return said.isEmpty() ? home : Path.of(said);
    }

    /// Makes sure that a file of passwords is one, and the user's alone.
    static void requirePasswords(Path file) throws IOException {
        requireBounded(file);
        requireClosed(file, OF_OTHERS);
    }

    /// Makes sure that those for TLS are regular and not too large, and that keys are the user's alone.
    ///
    /// @param parameters of the URL
    /// @throws RecordingException if one is not
    void require(Map<String, String> parameters) {
        if (parameters.getOrDefault("sslmode", "").equals("disable")) {
            return;
        }
        Path certificate = named(parameters, "sslcert", usual("postgresql.crt"));
        requireOrNothing("the file of certificates", certificates(parameters), false);
        requireOrNothing("the file of certificates", certificate, false);
        // Without a certificate the driver does not look for the usual key.
        if (parameters.containsKey("sslkey") || Files.exists(certificate)) {
            requireOrNothing("the private key", named(parameters, "sslkey", usual("postgresql.pk8")), true);
        }
    }

    private static Path named(Map<String, String> parameters, String parameter, Path usual) {
        String file = parameters.getOrDefault(parameter, "");
        try {
            return file.isEmpty() ? usual : Path.of(file);
        } catch (InvalidPathException e) {
            throw new RecordingException(
                    Kind.STORAGE, "the database's parameter " + parameter + " takes the name of a file", e);
        }
    }

    private static void requireOrNothing(String what, Path file, boolean secret) {
        try {
            if (!isThere(file)) {
                return;
            }
            requireBounded(file);
            if (secret) {
                requireClosed(file, isRoots(file) ? withoutGroupRead() : OF_OTHERS);
            }
        } catch (IOException e) {
            throw new RecordingException(Kind.STORAGE, what + " " + file + " " + BoundedFile.reason(e), e);
        }
    }

    private static boolean isThere(Path file) throws IOException {
        return !file.equals(NONE) && FileKind.of(file) != FileKind.NOTHING;
    }

    private static void requireBounded(Path file) throws IOException {
        BoundedFile.requireRegular(file, Links.FOLLOWED);
        if (Files.size(file) > MOST) {
            throw new UnusableFileException("has more than " + MOST + " bytes");
        }
    }

    /// The system may keep a key that belongs to root, for a group of those who may use it.
    private static Set<PosixFilePermission> withoutGroupRead() {
        Set<PosixFilePermission> others = EnumSet.copyOf(OF_OTHERS);
        others.remove(PosixFilePermission.GROUP_READ);
        return others;
    }

    private static boolean isRoots(Path file) throws IOException {
        return file.getFileSystem().supportedFileAttributeViews().contains("unix")
                && ((Number) Files.getAttribute(file, "unix:uid")).longValue() == ROOT;
    }

    private static void requireClosed(Path file, Set<PosixFilePermission> others) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")
                && Files.getPosixFilePermissions(file).stream().anyMatch(others::contains)) {
            throw new UnusableFileException(
                    "can be read or written by others; make it yours alone (chmod 600 " + file + ")");
        }
    }
}
