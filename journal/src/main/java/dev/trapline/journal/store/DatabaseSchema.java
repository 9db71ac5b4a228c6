package dev.trapline.journal.store;

import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// The tables that Akka Persistence JDBC writes, as its own script makes them.
public final class DatabaseSchema {

    private static final String SCRIPT = "schema/postgres/postgres-create-schema.sql";

    /// A process that makes the tables holds this lock: any number does, as long as it is always the same.
    private static final long LOCK = 0x7472_6170_6c69_6e65L;

    private DatabaseSchema() {}

    /// The script, in SQL for `psql`.
    public static String script() {
        ClassLoader loader = DatabaseSchema.class.getClassLoader();
        try (InputStream script = loader == null ? null : loader.getResourceAsStream(SCRIPT)) {
            if (script == null) {
                throw new IllegalStateException("Akka Persistence JDBC is not on the class path: no " + SCRIPT);
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the class path cannot be read", e);
        }
    }

    /// Makes sure that a database can take a recording.
    ///
    /// @param create whether the tables are made if they are not there
    /// @throws RecordingException if it cannot be reached, or has no tables
    public static void require(Database database, boolean create) {
        try (Connection connection = database.connect()) {
            if (isThere(connection)) {
                return;
            }
            if (!create) {
                throw new RecordingException(
                        Kind.STORAGE,
                        "the database " + database.shownLocation() + " has no table event_journal: make it with"
                                + " 'trapline journal schema | psql', or set record.postgresql.create-schema=true");
            }
            create(connection);
        } catch (SQLException e) {
            throw database.failed("make the tables of recordings in it", e);
        }
    }

    private static boolean isThere(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("select to_regclass('event_journal') is not null")) {
            return found.next() && found.getObject(1, Boolean.class);
        }
    }

    /// All or nothing, and one at a time. In one transaction an index cannot be made beside ongoing work, nor need
    /// it: the tables are new.
    private static void create(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("select pg_advisory_xact_lock(" + LOCK + ")");
            if (!isThere(connection)) {
                statement.execute(script().replace(" CONCURRENTLY ", " "));
            }
            connection.commit();
        }
    }
}
