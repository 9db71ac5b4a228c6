package dev.trapline.remote;

import java.io.IOException;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/// Checks that a server and this process accept each other, before anything is sent. Akka itself would retry forever,
/// and report failures only in its log.
final class Handshake {

    private static final int PATIENCE_MILLIS = 10_000;

    private Handshake() {}

    /// @throws IllegalArgumentException if they do not, or nothing answers; the message says which
    static void require(RemoteSettings own, String host, int port) {
        String server = host + ":" + port;
        try (SSLSocket socket = (SSLSocket) own.context().getSocketFactory().createSocket()) {
            socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            shake(socket, own, server);
        } catch (SSLException e) {
            throw new IllegalArgumentException(
                    "the server at " + server + " does not accept this process: " + e.getMessage() + "; it "
                            + "requires a certificate that is signed by a certificate in its trust store, and "
                            + "the one in "
                            + own.keyStore() + " is not",
                    e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "nothing answers at " + server + ": " + e.getMessage() + "; check that 'trapline serve' "
                            + "runs there",
                    e);
        }
    }

    private static void shake(SSLSocket socket, RemoteSettings own, String server) throws IOException {
        try {
            socket.startHandshake();
        } catch (SSLException e) {
            throw new IllegalArgumentException(
                    "the server at " + server + " is not trusted: " + e.getMessage()
                            + "; its certificate must be signed" + " by somebody in the trust store "
                            + own.trustStore(),
                    e);
        }
        // With TLS 1.3, the server checks the certificate after the handshake is complete on this side. If it accepts
        // the certificate, it closes the connection, because nothing is sent.
        socket.shutdownOutput();
        socket.getInputStream().read();
    }
}
