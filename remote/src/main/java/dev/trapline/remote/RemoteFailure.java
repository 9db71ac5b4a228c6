package dev.trapline.remote;

/// Explains in a sentence why an actor system cannot listen.
final class RemoteFailure {

    private RemoteFailure() {}

    static IllegalArgumentException cannotListen(RemoteSettings settings, Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return new IllegalArgumentException(
                "cannot listen at " + settings.host() + ":" + settings.port() + ": " + root.getMessage()
                        + "; check that the address belongs to this host, the port is free, and the password "
                        + "fits the key store and the trust store",
                thrown);
    }
}
