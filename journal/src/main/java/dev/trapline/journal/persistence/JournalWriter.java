package dev.trapline.journal.persistence;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.RecoveryCompleted;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EffectBuilder;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import akka.persistence.typed.javadsl.Recovery;
import akka.persistence.typed.javadsl.SignalHandler;
import java.util.List;

/// Persists a recording: whatever has gathered in the outbox becomes one atomic write, and is acknowledged when it is
/// stored. A failed write ends it: its parent knows why, and may start another one, which asks the store for its
/// highest sequence number and sends what is missing.
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

    /// There is nothing to know: what counts is what the store holds.
    enum State {
        INSTANCE
    }

    private final ActorContext<Command> context;
    private final Outbox outbox;
    private final String plugin;

    private JournalWriter(ActorContext<Command> context, PersistenceId id, Outbox outbox, String plugin) {
        super(id);
        this.context = context;
        this.outbox = outbox;
        this.plugin = plugin;
    }

    /// @param plugin id of the journal plugin that keeps the events
    static Behavior<Command> create(PersistenceId id, Outbox outbox, String plugin) {
        return Behaviors.setup(context -> new JournalWriter(context, id, outbox, plugin));
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

    /// To append, the events need not be read again: their number is enough.
    @Override
    public Recovery recovery() {
        return Recovery.disabled();
    }

    @Override
    public State emptyState() {
        return State.INSTANCE;
    }

    @Override
    public CommandHandler<Command, JournalEvent, State> commandHandler() {
        return (_, command) -> switch (command) {
            case Write _ -> write();
            case Finish _ -> write().thenStop();
        };
    }

    private EffectBuilder<JournalEvent, State> write() {
        List<JournalEvent> events = outbox.takeAll();
        return events.isEmpty()
                ? Effect().none()
                : Effect().persist(events).thenRun(_ -> outbox.acknowledge(events.size()));
    }

    @Override
    public EventHandler<State, JournalEvent> eventHandler() {
        return (state, _) -> state;
    }

    @Override
    public SignalHandler<State> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(RecoveryCompleted.instance(), _ -> {
                    outbox.opened(lastSequenceNumber(context));
                    context.getSelf().tell(Write.INSTANCE);
                })
                .build();
    }
}
