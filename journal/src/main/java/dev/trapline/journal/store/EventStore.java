package dev.trapline.journal.store;

import java.util.List;
import java.util.function.Consumer;

/// Where the events of one recording are kept while it is written. Used by one thread at a time. Every method may throw
/// [dev.trapline.abi.history.RecordingException] of kind STORAGE; after that the store is of no more use.
public interface EventStore extends AutoCloseable {

    /// Appends rows, all or none: when it returns, they survive the death of the process, and a power cut as well
    /// if the store was made to force each write to the disk.
    void append(List<EventRow> rows);

    /// Forces to the disk what was appended. May be called by another thread than the one that appends; nothing if
    /// the store is closed.
    ///
    /// @throws dev.trapline.abi.history.RecordingException of kind NOT_DURABLE if that fails: it is unknown
    ///     whether the data is on the disk, and a second try would not show it
    void sync();

    /// The highest sequence number that is known to be on the disk.
    long durableSequenceNr();

    /// The highest sequence number ever written, 0 if none; deleting does not lower it.
    long highestSequenceNr();

    /// Deletes every row up to a sequence number, inclusive.
    void deleteTo(long sequenceNr);

    /// Hands out rows in order.
    ///
    /// @param from first sequence number, inclusive
    /// @param to last sequence number, inclusive
    /// @param max the most rows
    void replay(long from, long to, long max, Consumer<EventRow> consumer);

    /// Makes everything durable, makes the file as small as it goes, and closes.
    void finish();

    /// Closes as it is; nothing if it is closed already.
    @Override
    void close();
}
