package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static dev.trapline.launcher.CommandProcess.runWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Ending;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The sources of a database's password, the servers that get it, and the output in which it never appears: with the
/// real command and a real server.
class PostgresPasswordTest {

    @SuppressWarnings("NullAway.Init")
    private static PostgresServer server;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @BeforeAll
    static void start() throws IOException {
        server = PostgresServer.startWithTables();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void aServerWithAForgedCertificateGetsNothing() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/openssl")),
                "there is no openssl (Debian: apt install openssl): forged certificates are not tested");
        Path certificate = server.useForgedCertificate();
        for (String trusted : List.of("", "&sslrootcert=" + certificate)) {
            Map<String, String> environment = new LinkedHashMap<>(server.environment());
            environment.put("TRAPLINE_POSTGRESQL_URL", server.url() + "?sslmode=verify-full" + trusted);
            Ended ended = runWith(
                    environment,
                    "run",
                    "--set",
                    "record.store=postgresql",
                    "--record",
                    file("forged"),
                    guest("smp-hello"));
            assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.STORAGE);
            assertThat(ended.lastLine())
                    .as(trusted.isEmpty() ? "nobody known vouches for it" : "it is for another name")
                    .contains(trusted.isEmpty() ? "a known authority" : "a certificate for its name");
            assertThat(ended.err()).doesNotContain(PostgresServer.PASSWORD);
        }
    }

    @Test
    void noLogNamesAPassword() {
        for (String url : List.of(
                server.url(),
                server.url() + "?user=" + PostgresServer.USER + "&password="
                        + URLEncoder.encode(PostgresServer.PASSWORD, StandardCharsets.UTF_8))) {
            Map<String, String> environment = new LinkedHashMap<>(server.environment());
            environment.put("TRAPLINE_POSTGRESQL_URL", url);
            environment.put(
                    "JAVA_TOOL_OPTIONS",
                    "-Dtrapline.log.level=ALL -Dakka.loglevel=DEBUG -Dakka.log-config-on-start=on"
                            + " -Dlogback.configurationFile="
                            + everything());
            Ended ended = runWith(
                    environment,
                    "run",
                    "--set",
                    "record.store=postgresql",
                    "--record",
                    file("logged" + url.length()),
                    guest("smp-hello"));
            assertThat(ended.status()).as(ended.err()).isZero();
            assertThat(ended.err())
                    .as("much is logged")
                    .contains("com.zaxxer.hikari")
                    .doesNotContain(PostgresServer.PASSWORD)
                    .doesNotContain(URLEncoder.encode(PostgresServer.PASSWORD, StandardCharsets.UTF_8));
        }
    }

    /// A configuration of Logback that logs everything.
    private Path everything() {
        try {
            return Files.writeString(directory.resolve("logback.xml"), """
                <configuration>
                  <appender name="err" class="ch.qos.logback.core.ConsoleAppender">
                    <target>System.err</target>
                    <encoder><pattern>%level %logger: %msg%n%ex</pattern></encoder>
                  </appender>
                  <root level="ALL"><appender-ref ref="err"/></root>
                </configuration>
                """);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aPasswordInTheUserSOwnUrlIsInNoFile() throws IOException {
        String password = URLEncoder.encode(PostgresServer.PASSWORD, StandardCharsets.UTF_8);
        String place = server.url().substring("jdbc:postgresql://".length());
        for (String url : List.of(
                "jdbc:postgresql://" + PostgresServer.USER + ":" + password + "@" + place,
                server.url() + "?user=" + PostgresServer.USER + "&password=" + password)) {
            Path recording = directory.resolve("rec" + url.length());
            Map<String, String> environment = Map.of("TRAPLINE_POSTGRESQL_URL", url, "PGPASSFILE", "/dev/null");
            Ended recorded = runWith(
                    environment,
                    "run",
                    "--set",
                    "record.store=postgresql",
                    "--record",
                    recording.toString(),
                    guest("smp-hello"));
            assertThat(recorded.status()).as(recorded.err()).isZero();
            assertThat(Files.readString(recording.resolve("manifest")))
                    .contains("store = " + server.url() + "?user=" + PostgresServer.USER + "\n")
                    .doesNotContain("secret");
            assertThat(recorded.err()).doesNotContain("secret");
            Ended replayed = runWith(environment, "replay", recording.toString());
            assertThat(replayed.status()).as(replayed.err()).isZero();
        }
    }

    /// A server that was given the password in clear can repeat it.
    @Test
    void aPasswordThatTheServerRepeatsWhileARunIsRecordedIsInNoMessageAndNoFile() throws Exception {
        String quoted = PostgresServer.PASSWORD.replace("'", "''");
        server.execute("create function repeat_it() returns trigger language plpgsql as $$ begin raise exception '"
                + quoted + "' using detail = '" + quoted + "', hint = '" + quoted + "'; end $$");
        server.execute("create trigger repeat_it before insert on event_journal for each row"
                + " execute function repeat_it()");
        try {
            for (String format : List.of("text", "json")) {
                Path result = directory.resolve(format + ".json");
                Ended ended = runWith(
                        server.environment(),
                        "run",
                        "--format",
                        format,
                        "--set",
                        "record.store=postgresql",
                        "--set",
                        "record.patience=1s",
                        "--result",
                        result.toString(),
                        "--record",
                        file("repeated-" + format),
                        guest("smp-hello"));
                assertThat(ended.status()).as(ended.err()).isEqualTo(Ending.STORAGE);
                assertThat(ended.lastLine())
                        .contains("cannot continue to write the recording", "ERROR: ...   Detail: ...   Hint: ...");
                assertThat(ended.err() + Files.readString(result)).doesNotContain(PostgresServer.PASSWORD);
            }
        } finally {
            server.execute("drop function repeat_it cascade");
        }
    }

    @Test
    void aPasswordMayBeInAFile() throws IOException {
        Path password = Files.writeString(directory.resolve("password"), PostgresServer.PASSWORD + "\n");
        Ended recorded = runWith(
                Map.of(),
                "run",
                "--set",
                "record.store=postgresql",
                "--set",
                "record.postgresql.url=" + server.url(),
                "--set",
                "record.postgresql.user=" + PostgresServer.USER,
                "--set",
                "record.postgresql.password-file=" + password,
                "--record",
                file("rec"),
                guest("smp-hello"));
        assertThat(recorded.status()).as(recorded.err()).isZero();
    }

    /// As in libpq, a password file that others can read is ignored.
    @Test
    void aPasswordFileThatOthersCanReadIsIgnoredWithOneWarning() throws IOException {
        String password = PostgresServer.PASSWORD.replace("\\", "\\\\").replace(":", "\\:");
        Path file = Files.writeString(directory.resolve("pgpass"), "*:*:*:" + PostgresServer.USER + ":" + password);
        Map<String, String> environment = Map.of(
                "TRAPLINE_POSTGRESQL_URL",
                server.url(),
                "TRAPLINE_POSTGRESQL_USER",
                PostgresServer.USER,
                "PGPASSFILE",
                file.toString());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Ended open = recordWith(environment, "open");
        assertThat(open.status()).as(open.err()).isEqualTo(Ending.STORAGE);
        assertThat(open.lastLine()).contains("the server wants a password: give one");
        assertThat(open.err().lines().filter(line -> line.contains(file.toString())))
                .as("one line names the file")
                .singleElement()
                .asString()
                .contains("is ignored", "can be read or written by others", "chmod 600");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Ended closed = recordWith(environment, "closed");
        assertThat(closed.status()).as(closed.err()).isZero();
        assertThat(closed.err()).doesNotContain("is ignored");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Ended elsewhere = recordWith(server.environment(), "elsewhere");
        assertThat(elsewhere.status()).as(elsewhere.err()).isZero();
        assertThat(elsewhere.err())
                .as("the password came from elsewhere, so the file was not read")
                .doesNotContain("is ignored");
    }

    private Ended recordWith(Map<String, String> environment, String name) {
        return runWith(
                environment,
                "run",
                "--set",
                "record.store=postgresql",
                "--record",
                directory.resolve(name).toString(),
                guest("smp-hello"));
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }
}
