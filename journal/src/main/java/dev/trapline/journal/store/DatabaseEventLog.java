package dev.trapline.journal.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// The events of one recording in a database. One event is one round trip: a segment of 64 KiB.
public final class DatabaseEventLog implements EventLog {

    private static final String HIGHEST =
            "select coalesce(max(sequence_number), 0) from event_journal where persistence_id = ?";
    private static final String ROW = "select event_ser_id, event_ser_manifest, writer, write_timestamp, event_payload"
            + " from event_journal where persistence_id = ? and sequence_number = ? and not deleted";

    private final Database database;
    private final String persistenceId;
    private final Connection connection;
    private final PreparedStatement row;

    private DatabaseEventLog(Database database, String persistenceId, Connection connection) throws SQLException {
        this.database = database;
        this.persistenceId = persistenceId;
        this.connection = connection;
        connection.setReadOnly(true);
        this.row = connection.prepareStatement(ROW);
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

    @Override
    public long highestSequenceNr() {
        try (PreparedStatement highest = connection.prepareStatement(HIGHEST)) {
            highest.setString(1, persistenceId);
            try (ResultSet found = highest.executeQuery()) {
                return found.next() ? found.getLong(1) : 0;
            }
        } catch (SQLException e) {
            throw database.failed("read from it", e);
        }
    }

    @Override
    public @Nullable EventRow row(long sequenceNr) {
        try {
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
        } catch (SQLException e) {
            throw database.failed("read event " + sequenceNr + " of '" + persistenceId + "'", e);
        }
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
