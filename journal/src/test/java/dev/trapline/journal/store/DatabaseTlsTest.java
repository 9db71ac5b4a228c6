package dev.trapline.journal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.trapline.abi.history.RecordingException;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A hostile server at an address other than loopback tries to get the password, with TLS that does not prove its
/// identity, or without TLS. It gets neither the password nor data from which the password could be computed.
class DatabaseTlsTest {

    private static final String PASSWORD = "a secret of mine";
    private static final int ASKS_FOR_TLS = 80877103;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    private static InetAddress address = InetAddress.getLoopbackAddress();

    @BeforeAll
    static void findAnAddress() throws IOException {
        List<InetAddress> others = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(each -> each instanceof Inet4Address && !each.isLoopbackAddress())
                .toList();
        assumeFalse(others.isEmpty(), "this machine has no address but its loopback: TLS to others is not tested");
        address = others.getFirst();
    }

    /// A server's certificate, and the file by which a client would trust it.
    private record Identity(SSLContext context, Path certificate) {}

    /// A self-signed certificate.
    ///
    /// @param host its host in the form of keytool: `ip:192.0.2.1`
    /// @param began the beginning of its validity, such as `-10d` for ten days ago; it is valid for one day
    private static Identity identity(String name, String host, String began) throws Exception {
        Path store = directory.resolve(name + ".p12");
        Path certificate = directory.resolve(name + ".crt");
        keytool("-genkeypair -alias s -keyalg EC -dname CN=server -ext SAN=" + host + " -startdate " + began
                + " -validity 1 -storetype PKCS12 -storepass changeit -keystore " + store);
        keytool("-exportcert -alias s -rfc -storepass changeit -keystore " + store + " -file " + certificate);
        KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, "changeit".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return new Identity(context, certificate);
    }

    private static void keytool(String arguments) throws IOException, InterruptedException {
        String program =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Process process = new ProcessBuilder((program + " " + arguments).split(" "))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    /// A server for one connection. It keeps all bytes that it can read.
    private static final class Thief implements AutoCloseable {

        private final ServerSocket socket = new ServerSocket(0, 5, address);
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private final CompletableFuture<Void> gone = new CompletableFuture<>();

        /// @param toTls its answer to a client that requests TLS: `S`, `N` or something else
        /// @param context the context for TLS after an `S`
        /// @param method the authentication method that it requests
        Thief(String toTls, SSLContext context, int method) throws IOException {
            Thread.ofVirtual().start(() -> {
                try (Socket client = socket.accept()) {
                    serve(client, toTls, context, method);
                } catch (IOException _) {
                    // The client has closed the connection, as it should.
                } finally {
                    gone.complete(null);
                }
            });
        }

        private void serve(Socket client, String toTls, SSLContext context, int method) throws IOException {
            DataInputStream in = new DataInputStream(client.getInputStream());
            OutputStream out = client.getOutputStream();
            int first = ask(in);
            if (first != ASKS_FOR_TLS) {
                out.write(wants(method));
                take(in);
                return;
            }
            out.write(toTls.getBytes(StandardCharsets.US_ASCII));
            if (!toTls.equals("S")) {
                out.write(wants(method));
                take(in);
                return;
            }
            try (SSLSocket secure =
                    (SSLSocket) context.getSocketFactory().createSocket(client, InputStream.nullInputStream(), true)) {
                DataInputStream inside = new DataInputStream(secure.getInputStream());
                ask(inside);
                secure.getOutputStream().write(wants(method));
                take(inside);
            }
        }

        private static int ask(DataInputStream in) throws IOException {
            return ByteBuffer.wrap(in.readNBytes(in.readInt() - Integer.BYTES)).getInt();
        }

        private static byte[] wants(int method) {
            int length = method == 5 ? 12 : 8;
            return ByteBuffer.allocate(length + 1)
                    .put((byte) 'R')
                    .putInt(length)
                    .putInt(method)
                    .array();
        }

        private void take(InputStream in) throws IOException {
            in.transferTo(taken);
        }

        /// The bytes after the request for the password, after the client has closed the connection.
        String taken() {
            gone.join();
            return taken.toString(StandardCharsets.ISO_8859_1);
        }

        String url(String parameters) {
            return "jdbc:postgresql://" + address.getHostAddress() + ":" + socket.getLocalPort() + "/x" + parameters;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static void assertNothingForIt(Thief thief, String parameters, String why) {
        RecordingException failure = catchThrowableOfType(
                RecordingException.class,
                () -> Database.of(thief.url(parameters), "me", PASSWORD).connect());
        assertThat(failure).as(why).isNotNull();
        assertThat(failure).hasMessageContaining(why);
        assertThat(failure.getMessage()).doesNotContain(PASSWORD);
        String taken = thief.taken();
        assertThat(taken).as("no password").doesNotContain(PASSWORD);
        assertThat(taken).as("and no message that could contain one ('p')").doesNotStartWith("p");
    }

    private static String sound() {
        return "ip:" + address.getHostAddress();
    }

    @ParameterizedTest
    @CsvSource({
        "N, the server must use TLS",
        "E, the server must use TLS",
        "x, no PostgreSQL server",
    })
    void aServerWithoutTls(String answer, String why) throws Exception {
        for (int method : new int[] {3, 5}) {
            try (Thief thief = new Thief(answer, SSLContext.getDefault(), method)) {
                assertNothingForIt(thief, "", why);
            }
        }
    }

    @Test
    void aServerThatNobodyVouchesFor() throws Exception {
        Identity own = identity("unknown", sound(), "-0d");
        Identity other = identity("other", sound(), "-0d");
        for (String trusted : List.of("", "?sslrootcert=" + other.certificate())) {
            try (Thief thief = new Thief("S", own.context(), 3)) {
                assertNothingForIt(thief, trusted, "a known authority");
            }
        }
    }

    @Test
    void aServerWhoseCertificateIsForAnotherName() throws Exception {
        Identity elsewhere = identity("elsewhere", "dns:elsewhere.example", "-0d");
        try (Thief thief = new Thief("S", elsewhere.context(), 3)) {
            assertNothingForIt(thief, "?sslrootcert=" + elsewhere.certificate(), "a certificate for its name");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-10d", "+10d"})
    void aServerWhoseCertificateIsNotValidNow(String began) throws Exception {
        Identity late = identity("late" + began.length() + began.charAt(0) % 7, sound(), began);
        try (Thief thief = new Thief("S", late.context(), 3)) {
            assertNothingForIt(thief, "?sslrootcert=" + late.certificate(), "currently valid");
        }
    }

    /// TLS is correct, but the server must not get the password in clear text either.
    @ParameterizedTest
    @ValueSource(ints = {3, 5})
    void aSoundServerThatAsksForThePasswordInClearOrByMd5(int method) throws Exception {
        Identity good = identity("good" + method, sound(), "-0d");
        for (String parameters : List.of("?sslrootcert=" + good.certificate(), "?sslmode=require")) {
            try (Thief thief = new Thief("S", good.context(), method)) {
                assertNothingForIt(thief, parameters, "nothing was sent");
            }
        }
    }
}
