package dev.trapline.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.testkit.HostTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Keys and certificates for tests, made by the JDK's keytool.
final class Certificates {

    static final String PASSWORD = "a test's password";

    private final Path directory;

    Certificates(Path directory) {
        this.directory = directory;
    }

    /// Makes somebody who signs, and a trust store that trusts nobody else.
    void authority(String name) throws IOException, InterruptedException {
        keytool("-genkeypair", "-keystore", store(name), "-alias", name, "-dname", "CN=" + name, "-ext", "bc:c");
        keytool("-exportcert", "-keystore", store(name), "-alias", name, "-file", name + ".cer");
        keytool("-importcert", "-keystore", trust(name), "-alias", name, "-file", name + ".cer", "-noprompt");
    }

    /// Makes a key with a certificate that an authority signed.
    void signed(String name, String authority) throws IOException, InterruptedException {
        keytool("-genkeypair", "-keystore", store(name), "-alias", name, "-dname", "CN=" + name);
        keytool("-certreq", "-keystore", store(name), "-alias", name, "-file", name + ".csr");
        keytool(
                "-gencert",
                "-keystore",
                store(authority),
                "-alias",
                authority,
                "-infile",
                name + ".csr",
                "-outfile",
                name + ".cer");
        keytool("-importcert", "-keystore", store(name), "-alias", authority, "-file", authority + ".cer", "-noprompt");
        keytool("-importcert", "-keystore", store(name), "-alias", name, "-file", name + ".cer", "-noprompt");
    }

    /// How somebody is reached who has the key of one, and trusts an authority.
    RemoteSettings settings(String name, String authority) {
        return new RemoteSettings(
                "127.0.0.1", 0, directory.resolve(store(name)), directory.resolve(trust(authority)), PASSWORD);
    }

    private static String store(String name) {
        return name + ".p12";
    }

    private static String trust(String authority) {
        return authority + "-trust.p12";
    }

    private void keytool(String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 6];
        command[0] = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        boolean makes = arguments[0].equals("-genkeypair");
        command[arguments.length + 1] = "-storepass";
        command[arguments.length + 2] = PASSWORD;
        command[arguments.length + 3] = makes ? "-keyalg" : "-storetype";
        command[arguments.length + 4] = makes ? "EC" : "PKCS12";
        command[arguments.length + 5] = "-v";
        Files.createDirectories(directory);
        HostTools.Result made = HostTools.run(directory, command);
        assertThat(made.status()).as("keytool said: %s", made.printed()).isZero();
    }
}
