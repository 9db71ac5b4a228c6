package dev.trapline.remote;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.BoundedFile.Links;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// How others reach an actor system: only by TLS, and only with a certificate that is signed by one in the trust store.
///
/// @param host the address to listen on, as others reach it
/// @param port the port; 0 for any free one
/// @param keyStore the PKCS #12 file with this process's key and certificate
/// @param trustStore the PKCS #12 file with the certificates that sign the other side's certificates
/// @param password the password of both files, and of the key
public record RemoteSettings(String host, int port, Path keyStore, Path trustStore, String password) {

    /// The largest store, in bytes: the certificates of all public authorities take a fifth of it.
    private static final long MOST_BYTES = 1 << 20;

    @Override
    public String toString() {
        return "RemoteSettings[" + host + ":" + port + "]";
    }

    /// Checks both stores, and makes the TLS context for connections.
    ///
    /// @throws IllegalArgumentException if a store cannot be read or has no usable entry; the message names it
    SSLContext context() {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store(keyStore, "key store", true), password.toCharArray());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store(trustStore, "trust store", false));
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "the key in the key store " + keyStore + " cannot be used: " + e.getMessage()
                            + "; it must have the store's password",
                    e);
        }
    }

    private KeyStore store(Path file, String what, boolean holdsKey) throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            byte[] bytes = BoundedFile.read(file, MOST_BYTES, Links.FOLLOWED);
            store.load(new ByteArrayInputStream(bytes), password.toCharArray());
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "the " + what + " " + file + " " + BoundedFile.reason(e)
                            + "; it is a PKCS #12 file, as 'keytool -genkeypair' and 'keytool -importcert' make it",
                    e);
        }
        for (String alias : Collections.list(store.aliases())) {
            if (holdsKey ? store.isKeyEntry(alias) : store.isCertificateEntry(alias)) {
                return store;
            }
        }
        throw new IllegalArgumentException("the " + what + " " + file + " has no "
                + (holdsKey ? "key with a certificate" : "trusted certificate"));
    }

    /// The configuration of the actor system. Everything that is not needed is off: Java serialization, messages
    /// that stop or supervise actors, and selection of actors by a pattern.
    ///
    /// @param desk the path of the actor that takes large messages
    Config config(String desk) {
        return ConfigFactory.parseMap(Map.of(
                        "host", host,
                        "port", port,
                        "keys", keyStore.toAbsolutePath().toString(),
                        "trust", trustStore.toAbsolutePath().toString(),
                        "password", password))
                .atKey("given")
                .withFallback(ConfigFactory.parseResources(RemoteSettings.class, "remote.conf"))
                .withValue("large", ConfigValueFactory.fromIterable(List.of(desk)))
                .resolve();
    }
}
