package dev.trapline.remote;

/// Why an actor system cannot be reached by others, in a sentence.
final class RemoteFailure {

    private RemoteFailure() {}

    static IllegalArgumentException cannotListen(RemoteSettings settings, Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return new IllegalArgumentException(
                "cannot listen at " + settings.host() + ":" + settings.port() + ": " + root.getMessage()
                        + "; see that the address is this host's, the port is free, and the key store, the trust"
                        + " store and their password belong together",
                thrown);
    }
}
