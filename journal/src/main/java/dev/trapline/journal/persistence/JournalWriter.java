package dev.trapline.journal.persistence;

import akka.actor.typed.Behavior;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.RecoveryCompleted;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import akka.persistence.typed.javadsl.SignalHandler;
import java.util.List;

/// Persists a recording: whatever has gathered in the outbox becomes one atomic write, and is acknowledged when it is
/// stored. A failed write ends it: its parent knows why.
final class JournalWriter extends EventSourcedBehavior<JournalWriter.Command, JournalEvent, JournalWriter.State> {

    /// What it is told.
    sealed interface Command {}

    /// There is something in the outbox.
    enum Write implements Command {
        INSTANCE
    }

    /// Nothing comes any more: write what is left, and stop.
    enum Finish implements Command {
        INSTANCE
    }

    /// @param events how many are stored
    record State(long events) {}

    private final Outbox outbox;
    private final String plugin;

    private JournalWriter(PersistenceId id, Outbox outbox, String plugin) {
        super(id);
        this.outbox = outbox;
        this.plugin = plugin;
    }

    /// @param plugin id of the journal plugin that keeps the events
    static Behavior<Command> create(PersistenceId id, Outbox outbox, String plugin) {
        return new JournalWriter(id, outbox, plugin);
    }

    @Override
    public String journalPluginId() {
        return plugin;
    }

    @Override
    public String snapshotPluginId() {
        // Checkpoints of the machine are no part of its history.
        return "akka.persistence.no-snapshot-store";
    }

    @Override
    public State emptyState() {
        return new State(0);
    }

    @Override
    public CommandHandler<Command, JournalEvent, State> commandHandler() {
        return (_, command) -> switch (command) {
            case Write _ -> write();
            case Finish _ -> write().thenStop();
        };
    }

    private akka.persistence.typed.javadsl.EffectBuilder<JournalEvent, State> write() {
        List<JournalEvent> events = outbox.takeAll();
        return events.isEmpty()
                ? Effect().none()
                : Effect().persist(events).thenRun(_ -> outbox.acknowledge(events.size()));
    }

    @Override
    public EventHandler<State, JournalEvent> eventHandler() {
        return (state, _) -> new State(state.events() + 1);
    }

    @Override
    public SignalHandler<State> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(RecoveryCompleted.instance(), state -> {
                    if (state.events() != 0) {
                        throw new IllegalStateException("'" + persistenceId().id() + "' has been recorded before");
                    }
                })
                .build();
    }
}
