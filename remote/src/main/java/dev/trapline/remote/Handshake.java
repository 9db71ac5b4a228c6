package dev.trapline.remote;

import java.io.IOException;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/// Tries whether a server and this process accept each other, before anything is sent: Akka would try for ever, and say
/// so in its log alone.
final class Handshake {

    private static final int PATIENCE_MILLIS = 10_000;

    private Handshake() {}

    /// @throws IllegalArgumentException if they do not, or nothing answers, in a sentence that says which
    static void require(RemoteSettings own, String host, int port) {
        String server = host + ":" + port;
        try (SSLSocket socket = (SSLSocket) own.context().getSocketFactory().createSocket()) {
            socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            shake(socket, own, server);
        } catch (SSLException e) {
            throw new IllegalArgumentException(
                    "the server at " + server + " does not accept this process: " + e.getMessage() + "; it takes a"
                            + " certificate that is signed by somebody in its own trust store, and the one in "
                            + own.keyStore() + " is not",
                    e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "nothing answers at " + server + ": " + e.getMessage() + "; see that 'trapline serve' runs there",
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
        // By TLS 1.3 the server looks at the certificate when the handshake is over on this side. It closes the
        // connection of one that it accepts and that has nothing to say.
        socket.shutdownOutput();
        socket.getInputStream().read();
    }
}
