package dev.trapline.journal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.history.RecordingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The files that the driver opens for a connection. Their checks are those of libpq.
class DatabaseFilesTest {

    private static final int MOST = 1 << 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @BeforeEach
    void makeTheUsualDirectory() throws IOException {
        Files.createDirectory(directory.resolve(".postgresql"));
    }

    private DatabaseFiles files() {
        return new DatabaseFiles(directory, Map.of());
    }

    private Path write(String name, String mode) throws IOException {
        Path file = Files.writeString(directory.resolve(name), "x");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    /// Creates files that cannot be used, one after the other.
    private static void forEachUnusable(Path file, Check check) throws Exception {
        assertThat(new ProcessBuilder("mkfifo", "-m", "600", file.toString())
                        .start()
                        .waitFor())
                .isZero();
        check.of("is a named pipe");
        Files.delete(file);
        Files.createDirectory(file);
        check.of("is a directory");
        Files.delete(file);
        Files.createSymbolicLink(file, Path.of("/dev/zero"));
        check.of("is a device");
        Files.delete(file);
        Files.write(file, new byte[MOST + 1]);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        check.of("more than 1048576 bytes");
        Files.write(file, new byte[MOST]);
    }

    private interface Check {
        void of(String wrong) throws IOException;
    }

    private void assertRefused(Map<String, String> parameters, String... words) {
        assertThatThrownBy(() -> files().require(parameters))
                .isInstanceOf(RecordingException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(words));
    }

    private void assertTaken(Map<String, String> parameters, String why) {
        assertThatCode(() -> files().require(parameters)).as(why).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"root.crt", "postgresql.crt", "postgresql.pk8"})
    void filesForTlsAreRegularAndSmall(String name) throws Exception {
        write(".postgresql/postgresql.crt", "rw-r--r--");
        Path file = directory.resolve(".postgresql").resolve(name);
        Files.deleteIfExists(file);
        forEachUnusable(file, wrong -> assertRefused(Map.of(), file.toString(), wrong));
        assertTaken(Map.of(), "the most that one may have");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sslrootcert", "sslcert", "sslkey"})
    void filesThatTheUrlNamesAreRegular(String parameter) {
        assertRefused(Map.of(parameter, "/dev/zero"), "/dev/zero", "is a device");
        assertRefused(Map.of(parameter, "a\0b"), parameter, "takes the name of a file");
        assertTaken(Map.of(parameter, "/dev/zero", "sslmode", "disable"), "without TLS none of them is read");
    }

    @Test
    void thePasswordFileIsIgnoredUnlessItIsARegularAndSmallOne() throws Exception {
        Path file = directory.resolve(".pgpass");
        assertThat(files().passwordText()).as("there is none").isEmpty();
        forEachUnusable(file, wrong -> {
            assertThat(files().passwordText()).as(wrong).isEmpty();
            assertThatThrownBy(() -> DatabaseFiles.requirePasswords(file)).hasMessageContaining(wrong);
        });
        assertThat(files().passwordText()).as("the largest allowed size").hasSize(MOST);
        assertThat(new DatabaseFiles(directory, Map.of("PGPASSFILE", "/dev/null")).passwordText())
                .as("the usual way to say that there is none")
                .isEmpty();
        assertThat(new DatabaseFiles(
                                directory, Map.of("PGPASSFILE", file.toUri().toString()))
                        .passwordText())
                .as("a URL is not opened")
                .isEmpty();
    }

    /// libpq: HOME, and PGPASSFILE before it.
    @Test
    void thePasswordFileIsWhereTheEnvironmentSaysThatHomeIs() throws IOException {
        Path home = Files.createDirectory(directory.resolve("home"));
        Files.setPosixFilePermissions(
                Files.writeString(home.resolve(".pgpass"), "of HOME"), PosixFilePermissions.fromString("rw-------"));
        Map<String, String> environment = Map.of("HOME", home.toString());
        assertThat(new DatabaseFiles(directory, environment).passwordText()).isEqualTo("of HOME");
        assertThat(new DatabaseFiles(home, Map.of("HOME", "")).passwordText()).isEqualTo("of HOME");
        assertThat(new DatabaseFiles(home, Map.of("HOME", home.toString(), "PGPASSFILE", "/dev/null")).passwordText())
                .isEmpty();
    }

    /// libpq: no access for group or others.
    @ParameterizedTest
    @CsvSource({
        "rw-------, true",
        "r--------, true",
        "rwx------, true",
        "rw-r-----, false",
        "rw--w----, false",
        "rw---x---, false",
        "rw----r--, false",
        "rw-----w-, false",
        "rw------x, false"
    })
    void aPasswordFileThatOthersMayReadIsIgnored(String mode, boolean usable) throws IOException {
        write(".pgpass", mode);
        assertThat(files().passwordText()).as(mode).isEqualTo(usable ? "x" : "");
    }

    @Test
    void aPasswordFileThatIsIgnoredIsNotRefused() throws IOException {
        write(".pgpass", "rw-r--r--");
        assertTaken(Map.of(), "the connection is tried without it");
    }

    /// libpq: 0600 or less; 0640 or less for one that belongs to root.
    @ParameterizedTest
    @CsvSource({
        "rw-------, true, true",
        "r--------, true, true",
        "rw-r-----, false, true",
        "r--r-----, false, true",
        "rw--w----, false, false",
        "rw---x---, false, false",
        "rw----r--, false, false",
        "rw-----w-, false, false",
        "rw------x, false, false"
    })
    void aPrivateKeyThatOthersMayReadIsRefused(String mode, boolean ofUser, boolean ofRoot) throws IOException {
        Path key = write("key.pk8", mode);
        boolean root = ((Number) Files.getAttribute(key, "unix:uid")).intValue() == 0;
        Map<String, String> named = Map.of("sslkey", key.toString());
        assertKey(named, mode, root ? ofRoot : ofUser);
        if (root) {
            Files.setAttribute(key, "unix:uid", 1);
            assertKey(named, mode + " of a user", ofUser);
        }
    }

    private void assertKey(Map<String, String> parameters, String why, boolean taken) {
        if (taken) {
            assertTaken(parameters, why);
        } else {
            assertRefused(parameters, "the private key", "can be read or written by others", "chmod 600");
        }
    }

    @Test
    void theUsualKeyCountsOnlyWithACertificate() throws IOException {
        write(".postgresql/postgresql.pk8", "rw-rw-rw-");
        assertTaken(Map.of(), "the driver does not look for it");
        write(".postgresql/postgresql.crt", "rw-r--r--");
        assertKey(Map.of(), "both are there", false);
    }
}
