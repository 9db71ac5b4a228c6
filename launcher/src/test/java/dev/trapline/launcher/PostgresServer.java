package dev.trapline.launcher;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import dev.trapline.journal.store.Database;
import dev.trapline.journal.store.DatabaseSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/// Debian's PostgreSQL with its own cluster in a temporary directory, on a free port of the loopback interface.
final class PostgresServer implements AutoCloseable {

    static final String USER = "recorder";
    static final String PASSWORD = "a secret, with a ' and a space";

    private static final Path VERSIONS = Path.of("/usr/lib/postgresql");

    private final Path programs;
    private final Path home;
    private final int port;

    private PostgresServer(Path programs, Path home, int port) {
        this.programs = programs;
        this.home = home;
        this.port = port;
    }

    /// The directory of the newest installed server's programs. Skips the test if there is none.
    static Path installed() {
        if (!Files.isDirectory(VERSIONS)) {
            throw notThere();
        }
        try (Stream<Path> versions = Files.list(VERSIONS)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                    .max(Comparator.naturalOrder())
                    .orElseThrow(PostgresServer::notThere);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TestAbortedException notThere() {
        return new TestAbortedException("there is no PostgreSQL under " + VERSIONS
                + " (Debian: apt install postgresql): recordings in a database are not tested");
    }

    /// Makes a cluster and starts it.
    static PostgresServer start(Path programs) throws IOException {
        Path home = Files.createTempDirectory("trapline-postgresql-");
        Path password = Files.writeString(home.resolve("password"), PASSWORD);
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        if (isRoot()) {
            // The server refuses to run as root; Debian's package creates this user.
            run(List.of("chown", "-R", "postgres", home.toString()));
        }
        PostgresServer server = new PostgresServer(programs, home, port);
        server.program(
                "initdb",
                "-D",
                server.data(),
                "-U",
                USER,
                "-A",
                "scram-sha-256",
                "--pwfile",
                password.toString(),
                "--no-sync",
                "-E",
                "UTF8",
                "--no-locale");
        server.start();
        return server;
    }

    /// Like the method above, with the tables that recordings need.
    static PostgresServer startWithTables() throws IOException {
        PostgresServer server = start(installed());
        DatabaseSchema.require(Database.of(server.url(), USER, PASSWORD), true);
        return server;
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private String data() {
        return home.resolve("data").toString();
    }

    void start() {
        program(
                "pg_ctl",
                "-D",
                data(),
                "-w",
                "-l",
                home.resolve("log").toString(),
                "-o",
                "-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=",
                "start");
    }

    /// Makes the server accept TLS too, with a self-signed certificate for a name that is not its own.
    ///
    /// @return the file of the certificate
    Path useForgedCertificate() throws IOException, SQLException {
        Path certificate = home.resolve("data").resolve("server.crt");
        Path key = home.resolve("data").resolve("server.key");
        run(List.of(
                "openssl",
                "req",
                "-new",
                "-x509",
                "-nodes",
                "-subj",
                "/CN=elsewhere.example",
                "-out",
                certificate.toString(),
                "-keyout",
                key.toString()));
        run(List.of("chmod", "600", key.toString()));
        if (isRoot()) {
            run(List.of("chown", "postgres", certificate.toString(), key.toString()));
        }
        Files.writeString(home.resolve("data").resolve("postgresql.conf"), "\nssl = on\n", StandardOpenOption.APPEND);
        ask("select pg_reload_conf()::int");
        Path copy = Files.createTempFile("trapline-certificate-", ".crt");
        return Files.copy(certificate, copy, REPLACE_EXISTING);
    }

    /// Stops the server immediately: connections are cut, and nothing is cleaned up.
    void stopAtOnce() {
        program("pg_ctl", "-D", data(), "-w", "-m", "immediate", "stop");
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    }

    /// The environment of a user who may read and write recordings.
    Map<String, String> environment() {
        return Map.of(
                "TRAPLINE_POSTGRESQL_URL", url(),
                "TRAPLINE_POSTGRESQL_USER", USER,
                "TRAPLINE_POSTGRESQL_PASSWORD", PASSWORD);
    }

    /// The number that a query returns.
    long ask(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(), USER, PASSWORD);
                Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery(sql)) {
            return answer.next() ? answer.getLong(1) : 0;
        }
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(), USER, PASSWORD);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /// Ends every other connection, as an administrator would.
    void cutConnections() throws SQLException {
        ask("select count(pg_terminate_backend(pid)) from pg_stat_activity where pid <> pg_backend_pid()"
                + " and usename = '" + USER + "'");
    }

    private void program(String name, String... arguments) {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("runuser", "-u", "postgres", "--"));
        }
        command.add(programs.resolve(name).toString());
        command.addAll(List.of(arguments));
        run(command);
    }

    private static void run(List<String> command) {
        try {
            Path said = Files.createTempFile("trapline-postgresql-", ".log");
            // Not a pipe, because the server that pg_ctl starts would keep its other end open.
            Process process = new ProcessBuilder(command)
                    .directory(Path.of("/").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(command + " failed: " + Files.readString(said));
            }
            Files.delete(said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (Files.exists(home.resolve("data").resolve("postmaster.pid"))) {
            stopAtOnce();
        }
        run(List.of("rm", "-r", home.toString()));
    }
}
