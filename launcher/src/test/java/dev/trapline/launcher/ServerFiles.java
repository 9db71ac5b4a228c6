package dev.trapline.launcher;

import dev.trapline.remote.RemoteSettings;
import dev.trapline.testkit.HostTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The files of `trapline serve`, in a directory: keys and certificates, which its drivers use too, the password, and
/// the configuration.
final class ServerFiles {

    private static final String PASSWORD = "a test's password";
    private static final String KEYS = "keys.p12";
    private static final String TRUST = "trust.p12";

    private final Path directory;

    ServerFiles(Path directory) {
        this.directory = directory;
    }

    /// Makes all files.
    ///
    /// @return the configuration
    Path configuration() throws IOException, InterruptedException {
        keytool(KEYS, "-genkeypair", "-keyalg", "EC", "-dname", "CN=server");
        keytool(KEYS, "-exportcert", "-file", "server.cer");
        keytool(TRUST, "-importcert", "-noprompt", "-file", "server.cer");
        Files.writeString(directory.resolve("password"), PASSWORD + "\n");
        return Files.writeString(directory.resolve("serve.conf"), """
            trapline.remote {
              key-store = keys.p12
              trust-store = trust.p12
              password-file = password
              recordings = recordings
            }
            """);
    }

    /// Where the server records.
    Path recordings() {
        return directory.resolve("recordings");
    }

    /// How a driver reaches the server.
    RemoteSettings driver() {
        return new RemoteSettings("127.0.0.1", 0, directory.resolve(KEYS), directory.resolve(TRUST), PASSWORD);
    }

    private void keytool(String store, String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(more));
        command.addAll(List.of("-keystore", store, "-storepass", PASSWORD, "-alias", "server"));
        HostTools.execute(directory, command.toArray(String[]::new));
    }
}
