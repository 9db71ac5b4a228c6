package dev.trapline.journal.persistence;

import akka.actor.ExtendedActorSystem;
import akka.actor.Extension;
import akka.actor.ExtensionId;
import akka.actor.typed.ActorSystem;
import dev.trapline.journal.store.EventStore;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/// Maps persistence ids to stores: one journal plugin serves all recordings of an actor system.
public final class RecordingStores implements Extension {

    private static final Id ID = new Id();

    private final ConcurrentMap<String, EventStore> stores = new ConcurrentHashMap<>();

    private RecordingStores() {}

    public static RecordingStores of(ActorSystem<?> system) {
        return of(system.classicSystem());
    }

    static RecordingStores of(akka.actor.ActorSystem system) {
        return ID.get(system);
    }

    /// Names the store of a persistence id.
    ///
    /// @throws IllegalStateException if that persistence id has a store already
    public void register(String persistenceId, EventStore store) {
        if (stores.putIfAbsent(persistenceId, store) != null) {
            throw new IllegalStateException("'" + persistenceId + "' is being recorded already");
        }
    }

    public void unregister(String persistenceId) {
        stores.remove(persistenceId);
    }

    @Nullable
    EventStore find(String persistenceId) {
        return stores.get(persistenceId);
    }

    private static final class Id implements ExtensionId<RecordingStores> {

        @Override
        public RecordingStores createExtension(ExtendedActorSystem system) {
            return new RecordingStores();
        }
    }
}
