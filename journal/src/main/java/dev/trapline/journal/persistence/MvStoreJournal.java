package dev.trapline.journal.persistence;

import akka.actor.ActorRef;
import akka.dispatch.Futures;
import akka.persistence.AtomicWrite;
import akka.persistence.PersistentRepr;
import akka.persistence.journal.japi.AsyncWriteJournal;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.Serializer;
import akka.serialization.Serializers;
import dev.trapline.journal.store.EventRow;
import dev.trapline.journal.store.EventStore;
import java.io.NotSerializableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;

/// An Akka journal plugin that keeps each persistence id in the store that [RecordingStores] names for it.
///
/// Akka's protocol orders the writes of one persistence id. Writes of different ids run in parallel on the plugin's
/// dispatcher, which may block.
public final class MvStoreJournal extends AsyncWriteJournal {

    private final RecordingStores stores = RecordingStores.of(context().system());
    private final Serialization serialization =
            SerializationExtension.get(context().system());

    @Override
    public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(Iterable<AtomicWrite> writes) {
        List<AtomicWrite> batch = new ArrayList<>();
        writes.forEach(batch::add);
        return Futures.future(() -> write(batch), context().dispatcher());
    }

    private Iterable<Optional<Exception>> write(List<AtomicWrite> batch) {
        List<Optional<Exception>> results = new ArrayList<>();
        for (AtomicWrite write : batch) {
            List<EventRow> rows = new ArrayList<>();
            Optional<Exception> rejected = Optional.empty();
            try {
                for (PersistentRepr event : CollectionConverters.asJava(write.payload())) {
                    rows.add(row(event));
                }
            } catch (NotSerializableException e) {
                rejected = Optional.of(e);
            }
            if (rejected.isEmpty()) {
                store(write.persistenceId()).append(rows);
            }
            results.add(rejected);
        }
        return results;
    }

    private EventRow row(PersistentRepr event) throws NotSerializableException {
        Object payload = event.payload();
        Serializer serializer = serialization.findSerializerFor(payload);
        byte[] bytes = serialization.serialize(payload).get();
        return new EventRow(
                event.sequenceNr(),
                serializer.identifier(),
                Serializers.manifestFor(serializer, payload),
                event.writerUuid(),
                event.timestamp(),
                bytes);
    }

    @Override
    public Future<Void> doAsyncDeleteMessagesTo(String persistenceId, long toSequenceNr) {
        return Futures.future(
                () -> {
                    store(persistenceId).deleteTo(toSequenceNr);
                    return null;
                },
                context().dispatcher());
    }

    @Override
    public Future<Void> doAsyncReplayMessages(
            String persistenceId, long from, long to, long max, Consumer<PersistentRepr> replay) {
        return Futures.future(
                () -> {
                    store(persistenceId).replay(from, to, max, row -> replay.accept(event(persistenceId, row)));
                    return null;
                },
                context().dispatcher());
    }

    private PersistentRepr event(String persistenceId, EventRow row) {
        Object payload = serialization
                .deserialize(row.payload(), row.serializerId(), row.manifest())
                .get();
        return PersistentRepr.apply(
                        payload,
                        row.sequenceNr(),
                        persistenceId,
                        PersistentRepr.Undefined(),
                        false,
                        ActorRef.noSender(),
                        row.writer())
                .withTimestamp(row.timestamp());
    }

    @Override
    public Future<Long> doAsyncReadHighestSequenceNr(String persistenceId, long fromSequenceNr) {
        return Futures.future(
                () -> store(persistenceId).highestSequenceNr(), context().dispatcher());
    }

    private EventStore store(String persistenceId) {
        EventStore store = stores.find(persistenceId);
        if (store == null) {
            throw new IllegalStateException("no recording is open for '" + persistenceId
                    + "': this journal keeps recordings alone, each in its own directory");
        }
        return store;
    }
}
