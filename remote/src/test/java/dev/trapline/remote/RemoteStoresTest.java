package dev.trapline.remote;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.testkit.HostTools;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server's key store and trust store are files that were named by somebody, and may be anything.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RemoteStoresTest {

    @TempDir
    private static Path keys;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @BeforeAll
    static void sign() throws Exception {
        Certificates certificates = new Certificates(keys);
        certificates.authority("ours");
        certificates.signed("server", "ours");
    }

    private static RemoteSettings with(Path keyStore, Path trustStore) {
        return new RemoteSettings("127.0.0.1", 0, keyStore, trustStore, Certificates.PASSWORD);
    }

    private static Path keyStore() {
        return keys.resolve("server.p12");
    }

    private static Path trustStore() {
        return keys.resolve("ours-trust.p12");
    }

    private static void assertRefused(Path store, String why) {
        assertThatThrownBy(() -> with(store, trustStore()).context())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("the key store " + store, why);
        assertThatThrownBy(() -> with(keyStore(), store).context())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("the trust store " + store, why);
    }

    @Test
    void aPipeIsRefusedAndNotWaitedFor() throws Exception {
        Path pipe = directory.resolve("pipe");
        HostTools.execute(directory, "mkfifo", pipe.toString());
        assertRefused(pipe, "is a named pipe, and not a regular file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dev/zero", "/dev/full"})
    void aDeviceIsRefusedAlsoBehindALink(String device) throws Exception {
        HostTools.skipUnless(Files.exists(Path.of(device)), "there is no " + device + ": devices are not tested");
        assertRefused(Path.of(device), "not a regular file");
        assertRefused(
                Files.createSymbolicLink(directory.resolve(Path.of(device).getFileName()), Path.of(device)),
                "not a regular file");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertRefused(directory.resolve("absent"), "does not exist; it is a PKCS #12 file");
    }

    @Test
    void aFileThatIsLargerThanAStoreIsNotRead() throws Exception {
        Path large = directory.resolve("large");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(1L << 40);
        }
        assertRefused(large, "has 1099511627776 bytes; at most ");
    }

    @Test
    void aLinkToAStoreIsFollowed() throws Exception {
        RemoteSettings linked = with(
                Files.createSymbolicLink(directory.resolve("keys"), keyStore()),
                Files.createSymbolicLink(directory.resolve("trust"), trustStore()));
        assertThatCode(linked::context).doesNotThrowAnyException();
    }
}
