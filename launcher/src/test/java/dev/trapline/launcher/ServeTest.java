package dev.trapline.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.launcher.output.Ending;
import dev.trapline.testkit.HostTools;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `trapline serve`. The tests of the module `remote` check the protocol.
@Tag("native")
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServeTest {

    @TempDir
    private Path directory;

    private Path configuration() throws IOException, InterruptedException {
        return new ServerFiles(directory).configuration();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        text | serving machines at akka://trapline@127\\.0\\.0\\.1:[0-9]+
        json | \\{.*"trapline\\.server".*"address":"akka://trapline@127\\.0\\.0\\.1:[0-9]+"\\}
        """)
    void itSaysWhereItListensAndEndsAtASignal(String format, String line) throws Exception {
        Process serving = new ProcessBuilder(CommandProcess.command(
                        "serve", "--format", format, "--config", configuration().toString()))
                .redirectError(directory.resolve("errors").toFile())
                .start();
        try (BufferedReader out = serving.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine())
                    .as("%s", Files.readString(directory.resolve("errors")))
                    .matches(line);
            serving.toHandle().destroy();
            assertThat(serving.waitFor(120, TimeUnit.SECONDS))
                    .as("SIGTERM ends it")
                    .isTrue();
            assertThat(serving.exitValue()).isEqualTo(Ending.INTERRUPTED);
            assertThat(directory.resolve("errors")).content().contains("the server was stopped");
        } finally {
            serving.destroyForcibly();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        remote.key-store=nothing.p12     | key store | does not exist
        remote.trust-store=password      | trust store | cannot be read
        remote.key-store=                | remote.key-store is not set | docs/remote.md
        remote.port=65536                | remote.port | 65535
        machine.cpus=2                   | machine.cpus | has no effect
        """)
    void whatIsWrongIsNamed(String assignment, String what, String why) throws Exception {
        CommandProcess.Ended ended = CommandProcess.runIn(
                directory, "serve", "--config", configuration().toString(), "--set", assignment);
        assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.USAGE);
        assertThat(ended.err()).contains(what, why);
        assertThat(ended.out()).isEmpty();
    }

    @Test
    void aServerWhoseAddressCannotBePrintedEnds() throws Exception {
        HostTools.skipUnless(Files.exists(Path.of("/dev/full")), "there is no /dev/full: a full disk is not tested");
        Process serving = new ProcessBuilder(CommandProcess.command(
                        "serve", "--config", configuration().toString()))
                .redirectOutput(Path.of("/dev/full").toFile())
                .redirectError(directory.resolve("errors").toFile())
                .start();
        try {
            assertThat(serving.waitFor(120, TimeUnit.SECONDS)).as("it ends").isTrue();
            assertThat(serving.exitValue()).isEqualTo(Ending.STORAGE);
            assertThat(directory.resolve("errors")).content().contains("standard output cannot be written");
        } finally {
            serving.destroyForcibly();
        }
    }

    @Test
    void nothingIsServedWithoutCertificates() {
        CommandProcess.Ended ended = CommandProcess.runWith(Map.of(), "serve");
        assertThat(ended.status()).isEqualTo(Ending.USAGE);
        assertThat(ended.err()).contains("remote.password-file is not set");
    }
}
