package dev.trapline.journal.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The events of one recording in a database. One event is one round trip: a segment of 64 KiB. A connection that is
/// lost is replaced once for each question.
public final class DatabaseEventLog implements EventLog {

    private static final String HIGHEST = "select coalesce(max(sequence_number), 0) from event_journal"
            + " where persistence_id = ? and sequence_number <= ?";
    private static final String ROW = "select event_ser_id, event_ser_manifest, writer, write_timestamp, event_payload"
            + " from event_journal where persistence_id = ? and sequence_number = ? and not deleted";

    /// How PostgreSQL says that an administrator ends the connection.
    private static final String ENDED = "57P01";

    private final Database database;
    private final String persistenceId;
    private Connection connection;
    private PreparedStatement row;

    private DatabaseEventLog(Database database, String persistenceId, Connection connection) throws SQLException {
        this.database = database;
        this.persistenceId = persistenceId;
        this.connection = connection;
        this.row = prepare(connection);
    }

    private static PreparedStatement prepare(Connection connection) throws SQLException {
        connection.setReadOnly(true);
        return connection.prepareStatement(ROW);
    }

    /// Opens the events of a recording.
    ///
    /// @throws dev.trapline.abi.history.RecordingException if the database cannot be read
    public static DatabaseEventLog open(Database database, String recordingId) {
        Connection connection = database.connect();
        try {
            return new DatabaseEventLog(database, "recording|" + recordingId, connection);
        } catch (SQLException e) {
            closeQuietly(connection);
            throw database.failed("read from it", e);
        }
    }

    /// A query of this connection.
    private interface Query<T> {
        T ask() throws SQLException;
    }

    @Override
    public long highestSequenceNr() {
        return highestUpTo(Long.MAX_VALUE);
    }

    @Override
    public long before(long sequenceNr) {
        return highestUpTo(sequenceNr - 1);
    }

    private long highestUpTo(long sequenceNr) {
        return ask("read from it", () -> askHighestUpTo(sequenceNr));
    }

    private long askHighestUpTo(long sequenceNr) throws SQLException {
        try (PreparedStatement highest = connection.prepareStatement(HIGHEST)) {
            highest.setString(1, persistenceId);
            highest.setLong(2, sequenceNr);
            try (ResultSet found = highest.executeQuery()) {
                return found.next() ? found.getLong(1) : 0;
            }
        }
    }

    @Override
    public @Nullable EventRow row(long sequenceNr) {
        return ask(
                        "read event " + sequenceNr + " of '" + persistenceId + "'",
                        () -> Optional.ofNullable(askRow(sequenceNr)))
                .orElse(null);
    }

    private @Nullable EventRow askRow(long sequenceNr) throws SQLException {
        row.setString(1, persistenceId);
        row.setLong(2, sequenceNr);
        try (ResultSet found = row.executeQuery()) {
            return found.next()
                    ? new EventRow(
                            sequenceNr,
                            found.getInt(1),
                            found.getString(2),
                            found.getString(3),
                            found.getLong(4),
                            found.getBytes(5))
                    : null;
        }
    }

    /// Asks, and once more on a new connection if the connection was lost.
    private <T> T ask(String what, Query<T> query) {
        try {
            return query.ask();
        } catch (SQLException e) {
            if (!isLost(e)) {
                throw database.failed(what, e);
            }
        }
        closeQuietly(connection);
        connection = database.connect();
        try {
            row = prepare(connection);
            return query.ask();
        } catch (SQLException e) {
            throw database.failed(what, e);
        }
    }

    private static boolean isLost(SQLException failure) {
        return DatabaseFailure.of(failure) == DatabaseFailure.LOST || ENDED.equals(failure.getSQLState());
    }

    @Override
    public boolean seesLaterEvents() {
        return true;
    }

    @Override
    public void close() {
        closeQuietly(connection);
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // It was only read from: there is nothing to lose.
        }
    }
}
