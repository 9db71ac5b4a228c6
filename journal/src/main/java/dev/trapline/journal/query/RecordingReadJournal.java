package dev.trapline.journal.query;

import akka.Done;
import akka.NotUsed;
import akka.actor.ExtendedActorSystem;
import akka.pattern.Patterns;
import akka.persistence.query.EventEnvelope;
import akka.persistence.query.Offset;
import akka.persistence.query.javadsl.CurrentEventsByPersistenceIdQuery;
import akka.persistence.query.javadsl.EventsByPersistenceIdQuery;
import akka.persistence.query.javadsl.ReadJournal;
import akka.persistence.typed.PersistenceId;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.stream.javadsl.Source;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.codec.CodecException;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.journal.store.EventLog;
import dev.trapline.journal.store.EventRow;
import dev.trapline.journal.store.Manifest;
import dev.trapline.journal.store.RecordingDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Reads the events of recordings, from a recording's own file or from a database. The events are
/// [dev.trapline.journal.persistence.JournalEvent]s: the header first, then the segments.
///
/// ```java
/// RecordingReadJournal journal = PersistenceQuery.get(system)
///         .getReadJournalFor(RecordingReadJournal.class, RecordingReadJournal.IDENTIFIER);
/// String id = journal.persistenceIdOf(Path.of("rec"), OpenOptions.STRICT);
/// journal.eventsByPersistenceId(id, 0, Long.MAX_VALUE).runForeach(event -> ..., system);
/// ```
///
/// A recording may be written at the same time, by this process or by another one. Reading never writes to it.
public final class RecordingReadJournal
        implements ReadJournal, EventsByPersistenceIdQuery, CurrentEventsByPersistenceIdQuery {

    /// Of this plugin, in the configuration.
    public static final String IDENTIFIER = "trapline.journal.query";

    /// The most events that are read at once: each has 64 KiB and a little.
    private static final int BATCH = 16;

    private final ExtendedActorSystem system;
    private final Serialization serialization;
    private final Executor blocking;
    private final Duration interval;
    private final ConcurrentMap<String, Place> places = new ConcurrentSkipListMap<>();

    private record Place(Path directory, OpenOptions options) {}

    /// What was read.
    ///
    /// @param over whether nothing more will come
    private record Read(List<EventEnvelope> events, boolean over) {}

    RecordingReadJournal(ExtendedActorSystem system, Duration interval) {
        this.system = system;
        this.serialization = SerializationExtension.get(system);
        this.blocking = system.dispatchers().lookup("trapline.journal.dispatcher");
        this.interval = interval;
    }

    /// Names a recording for the queries.
    ///
    /// @param options say which database the user has named, if its events are in one
    /// @return its persistence id
    /// @throws RecordingException if there is none
    public String persistenceIdOf(Path directory, OpenOptions options) {
        Manifest manifest = RecordingDirectory.at(directory).manifest();
        String id = PersistenceId.of("recording", manifest.id()).id();
        places.put(id, new Place(directory, options));
        return id;
    }

    /// The events of a recording, and those that are added later. The stream ends after `to`, or at the end of the
    /// recording: when it was closed, or no process writes it any more.
    @Override
    public Source<EventEnvelope, NotUsed> eventsByPersistenceId(String persistenceId, long from, long to) {
        return events(persistenceId, from, to, true);
    }

    /// The events that a recording has.
    @Override
    public Source<EventEnvelope, NotUsed> currentEventsByPersistenceId(String persistenceId, long from, long to) {
        return events(persistenceId, from, to, false);
    }

    private Source<EventEnvelope, NotUsed> events(String persistenceId, long from, long to, boolean live) {
        Place place = places.get(persistenceId);
        if (place == null) {
            return Source.failed(new IllegalArgumentException(
                    "no recording was named for '" + persistenceId + "': say where it is with persistenceIdOf"));
        }
        return Source.unfoldResourceAsync(
                        () -> CompletableFuture.completedFuture(new Cursor(persistenceId, place, Math.max(from, 1))),
                        cursor -> next(cursor, to, live),
                        cursor -> CompletableFuture.supplyAsync(cursor::close, blocking))
                .mapConcat(events -> events);
    }

    private CompletionStage<Optional<List<EventEnvelope>>> next(Cursor cursor, long to, boolean live) {
        return CompletableFuture.supplyAsync(() -> cursor.read(to), blocking).thenCompose(read -> {
            if (!read.events().isEmpty()) {
                return CompletableFuture.completedFuture(Optional.of(read.events()));
            }
            return read.over() || !live
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : Patterns.after(interval, system.scheduler(), system.dispatcher(), () -> next(cursor, to, true));
        });
    }

    /// How far a stream has read. Used by one thread at a time.
    private final class Cursor {
        private final String persistenceId;
        private final Place place;
        private long next;
        /// Kept between two reads if it sees what is added in between: a connection to a database.
        private @Nullable EventLog log;

        private Cursor(String persistenceId, Place place, long from) {
            this.persistenceId = persistenceId;
            this.place = place;
            this.next = from;
        }

        /// Reads the next events, at most a batch.
        ///
        /// @param to the last one that is wanted
        private Read read(long to) {
            if (next > to) {
                return new Read(List.of(), true);
            }
            // Checked first, so that everything that was written before the recorder released the lock is seen.
            boolean written = Recordings.isBeingWritten(place.directory());
            List<EventEnvelope> events = new ArrayList<>();
            try {
                EventLog from = log();
                long last = Math.min(to, from.highestSequenceNr());
                for (long number = next; number <= last && events.size() < BATCH; number++) {
                    EventRow row = from.row(number);
                    if (row == null) {
                        break;
                    }
                    events.add(envelope(persistenceId, row));
                }
            } catch (CodecException | RecordingException e) {
                // The last page of a file that is being written may not be whole.
                if (!written) {
                    throw e;
                }
            } finally {
                if (log != null && !log.seesLaterEvents()) {
                    close();
                }
            }
            next += events.size();
            return new Read(events, !written);
        }

        private EventLog log() {
            EventLog open = log;
            if (open == null) {
                RecordingDirectory directory = RecordingDirectory.at(place.directory());
                open = EventLog.open(directory, directory.manifest(), place.options());
                log = open;
            }
            return open;
        }

        private Done close() {
            EventLog open = log;
            if (open != null) {
                open.close();
            }
            log = null;
            return Done.getInstance();
        }
    }

    private EventEnvelope envelope(String persistenceId, EventRow row) {
        Object event = serialization
                .deserialize(row.payload(), row.serializerId(), row.manifest())
                .get();
        return new EventEnvelope(
                Offset.sequence(row.sequenceNr()), persistenceId, row.sequenceNr(), event, row.timestamp());
    }
}
