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

/// Persists a recording: all events in the outbox become one atomic write, and are acknowledged when they are stored. A
/// failed write ends the writer. Its parent knows the reason, and may start a new writer, which asks the store for its
/// highest sequence number and sends the missing events.
final class JournalWriter extends EventSourcedBehavior<JournalWriter.Command, JournalEvent, JournalWriter.State> {

    /// The messages to the writer.
    sealed interface Command {}

    /// There is something in the outbox.
    enum Write implements Command {
        INSTANCE
    }

    /// There will be no more events: write the rest, and stop.
    enum Finish implements Command {
        INSTANCE
    }

    /// The actor has no state: only the content of the store counts.
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
