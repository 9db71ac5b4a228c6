package dev.trapline.journal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.trapline.abi.history.RecordingException;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateExpiredException;
import java.sql.SQLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Messages about a database that cannot be used: the advice matches the error.
class DatabaseFailureTest {

    private static final int ASKS_FOR_TLS = 80877103;

    private static String refused(String url) {
        RecordingException failure = catchThrowableOfType(
                RecordingException.class,
                () -> Database.of(url, "me", "a secret of mine").connect());
        assertThat(failure).as("the connection to %s", url).isNotNull();
        return String.valueOf(failure.getMessage());
    }

    @FunctionalInterface
    private interface Reply {
        void reply(byte[] message, DataOutputStream out) throws IOException;
    }

    /// Answers the first connections with the same bytes.
    private static final class Server implements AutoCloseable {

        private final ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());

        Server(byte[] answer) throws IOException {
            this(answer, (_, _) -> {});
        }

        /// @param next its reaction to the next message
        Server(byte[] answer, Reply next) throws IOException {
            Thread.ofVirtual().start(() -> {
                while (!socket.isClosed()) {
                    try (Socket client = socket.accept()) {
                        DataInputStream in = new DataInputStream(client.getInputStream());
                        DataOutputStream out = new DataOutputStream(client.getOutputStream());
                        byte[] asked = in.readNBytes(in.readInt() - Integer.BYTES);
                        if (ByteBuffer.wrap(asked).getInt() == ASKS_FOR_TLS) {
                            out.writeByte('N');
                            in.readNBytes(in.readInt() - Integer.BYTES);
                        }
                        out.write(answer);
                        out.flush();
                        if (in.read() >= 0) {
                            next.reply(in.readNBytes(in.readInt() - Integer.BYTES), out);
                        }
                        // Until the client has read the answer and closes the connection.
                        in.readAllBytes();
                    } catch (IOException _) {
                        // The client has closed the connection, as it should.
                    }
                }
            });
        }

        String url() {
            return "jdbc:postgresql://127.0.0.1:" + socket.getLocalPort() + "/x";
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static byte[] message(char type, byte[] content) {
        return ByteBuffer.allocate(content.length + 5)
                .put((byte) type)
                .putInt(content.length + Integer.BYTES)
                .put(content)
                .array();
    }

    private static byte[] text(char type, String content) {
        return message(type, content.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] authentication(int method) {
        return authentication(method, method == 5 ? "salt" : "");
    }

    private static byte[] authentication(int method, String more) {
        byte[] content = more.getBytes(StandardCharsets.US_ASCII);
        return message(
                'R',
                ByteBuffer.allocate(content.length + Integer.BYTES)
                        .putInt(method)
                        .put(content)
                        .array());
    }

    @Test
    void aPortThatNobodyListensAtIsNoMatterOfCertificates() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        assertThat(refused("jdbc:postgresql://127.0.0.1:" + port + "/x"))
                .as("the driver says: check that the hostname and port are correct")
                .contains("refused", "nothing listens there")
                .doesNotContain("certificate");
    }

    @Test
    void aHostThatIsNotKnownIsSaidToBe() {
        assertThat(refused("jdbc:postgresql://nowhere.invalid/x")).contains("no host of that name");
    }

    @Test
    void aServerThatSaysNothingIsSaidTo() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(refused("jdbc:postgresql://127.0.0.1:" + silent.getLocalPort() + "/x?loginTimeout=1"))
                    .contains("no answer in time");
        }
    }

    @ParameterizedTest
    @CsvSource({"3", "5"})
    void aServerThatAsksForThePasswordInClearOrByMd5GetsNothing(int method) throws IOException {
        try (Server server = new Server(authentication(method))) {
            assertThat(refused(server.url())).contains("nothing was sent", "scram-sha-256");
        }
    }

    /// Source: RFC 5802 §5; PostgreSQL's documentation, "SASL Authentication".
    @Test
    void aServerThatAsksForAProofWithoutEndIsSaidTo() throws IOException {
        try (Server server = new Server(authentication(10, "SCRAM-SHA-256\0\0"), (asked, out) -> {
            String first = new String(asked, StandardCharsets.US_ASCII);
            String nonce = first.substring(first.indexOf("r="));
            out.write(authentication(11, nonce + "more,s=c2FsdHNhbHQ=,i=2147483647"));
        })) {
            assertThat(refused(server.url()))
                    .contains("2,147,483,647", "add scramMaxIterations=N")
                    .doesNotContain(".;");
        }
    }

    @Test
    void aServerOfAnotherProtocolIsSaidToBeNone() throws IOException {
        try (Server server = new Server("220 mail.example.org ESMTP\r\n".getBytes(StandardCharsets.US_ASCII))) {
            assertThat(refused(server.url())).contains("no PostgreSQL server");
        }
    }

    /// The driver keeps all notices of an answer.
    @Test
    void anAnswerThatDoesNotEndIsCutOff() throws IOException {
        byte[] notice = text('N', "SNOTICE\0C00000\0M" + "y".repeat(60_000) + "\0\0");
        ByteArrayOutputStream begin = new ByteArrayOutputStream();
        begin.write(authentication(0));
        begin.write(text('S', "server_version\00016.1\0"));
        begin.write(text('S', "client_encoding\0UTF8\0"));
        begin.write(text('S', "standard_conforming_strings\0on\0"));
        begin.write(message('K', new byte[8]));
        begin.write(text('Z', "I"));
        try (Server server = new Server(begin.toByteArray(), (_, out) -> {
            while (true) {
                out.write(notice);
            }
        })) {
            assertThat(refused(server.url())).contains("the answer has more than 64 MiB");
        }
    }

    @Test
    void aServerWithoutTlsIsSaidToHaveNone() throws IOException {
        try (Server server = new Server(new byte[0])) {
            assertThat(refused(server.url() + "?sslmode=verify-full"))
                    .contains("the server must use TLS", "sslmode=disable");
        }
    }

    /// The codes are those of PostgreSQL's documentation, appendix A.
    @ParameterizedTest
    @CsvSource({
        "28P01, user and the password are right",
        "28000, pg_hba.conf",
        "3D000, createdb",
        "42501, grant",
        "53300, try again later",
        "57P03, try again later",
        "XX000, check that it runs"
    })
    void anErrorOfTheServerGetsItsOwnAdvice(String code, String advice) throws IOException {
        byte[] error = ("SFATAL\0VFATAL\0C" + code + "\0Mno\0\0").getBytes(StandardCharsets.US_ASCII);
        try (Server server = new Server(message('E', error))) {
            assertThat(refused(server.url())).contains(advice).doesNotContain("a secret of mine");
        }
    }

    @Test
    void errorsOfCertificatesAreToldApart() {
        SSLHandshakeException handshake = new SSLHandshakeException("PKIX path validation failed");
        SQLException untrusted = new SQLException("SSL error: PKIX path building failed", "08006", handshake);
        assertThat(DatabaseFailure.of(untrusted)).isEqualTo(DatabaseFailure.TLS_TRUST);
        handshake.initCause(new CertificateExpiredException("NotAfter: yesterday"));
        assertThat(DatabaseFailure.of(untrusted))
                .as("the deeper cause has more information")
                .isEqualTo(DatabaseFailure.TLS_EXPIRED);
        assertThat(DatabaseFailure.of(
                        new SQLException("Could not open SSL root certificate file /h/.postgresql/root.crt.", "08006")))
                .as("its identity cannot be verified")
                .isEqualTo(DatabaseFailure.TLS_TRUST);
        assertThat(DatabaseFailure.of(new SQLException(
                        "The hostname db.example.org could not be verified by hostnameverifier PgjdbcHostnameVerifier.",
                        "08006")))
                .isEqualTo(DatabaseFailure.TLS_NAME);
    }
}
