package dev.trapline.journal.query;

import akka.NotUsed;
import akka.actor.ExtendedActorSystem;
import akka.persistence.query.EventEnvelope;
import akka.persistence.query.ReadJournalProvider;
import akka.stream.scaladsl.Source;
import com.typesafe.config.Config;

/// Gives Akka the [RecordingReadJournal].
public final class RecordingReadJournalProvider implements ReadJournalProvider {

    private final RecordingReadJournal journal;

    /// Called by Akka.
    public RecordingReadJournalProvider(ExtendedActorSystem system, Config config) {
        this.journal = new RecordingReadJournal(system, config.getDuration("refresh-interval"));
    }

    @Override
    public RecordingReadJournal javadslReadJournal() {
        return journal;
    }

    @Override
    public akka.persistence.query.scaladsl.ReadJournal scaladslReadJournal() {
        return new ForScala(journal);
    }

    private record ForScala(RecordingReadJournal journal)
            implements akka.persistence.query.scaladsl.ReadJournal,
                    akka.persistence.query.scaladsl.EventsByPersistenceIdQuery,
                    akka.persistence.query.scaladsl.CurrentEventsByPersistenceIdQuery {

        @Override
        public Source<EventEnvelope, NotUsed> eventsByPersistenceId(String persistenceId, long from, long to) {
            return journal.eventsByPersistenceId(persistenceId, from, to).asScala();
        }

        @Override
        public Source<EventEnvelope, NotUsed> currentEventsByPersistenceId(String persistenceId, long from, long to) {
            return journal.currentEventsByPersistenceId(persistenceId, from, to).asScala();
        }
    }
}
