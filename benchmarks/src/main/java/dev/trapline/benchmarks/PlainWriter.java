package dev.trapline.benchmarks;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.RecoveryCompleted;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import akka.persistence.typed.javadsl.SignalHandler;
import dev.trapline.abi.firmware.Effect;
import java.util.List;
import java.util.function.LongConsumer;

/// The reference: a straightforward event-sourced actor, with one event for each hypercall. Its state is the number of
/// events.
final class PlainWriter extends EventSourcedBehavior<PlainWriter.Command, Call, Long> {

    /// The actor's messages.
    sealed interface Command {}

    /// Calls that are persisted together.
    ///
    /// @param stored run when they are persisted
    record Batch(List<Call> calls, Runnable stored) implements Command {}

    /// No more calls follow.
    enum Stop implements Command {
        INSTANCE
    }

    private final ActorContext<Command> context;
    private final String plugin;
    private final LongConsumer recovered;

    private PlainWriter(ActorContext<Command> context, PersistenceId id, String plugin, LongConsumer recovered) {
        super(id);
        this.context = context;
        this.plugin = plugin;
        this.recovered = recovered;
    }

    /// @param recovered called with the number of calls in the journal when all of them were read
    static Behavior<Command> create(PersistenceId id, String plugin, LongConsumer recovered) {
        return Behaviors.setup(context -> new PlainWriter(context, id, plugin, recovered));
    }

    @Override
    public String journalPluginId() {
        return plugin;
    }

    @Override
    public String snapshotPluginId() {
        return "akka.persistence.no-snapshot-store";
    }

    @Override
    public Long emptyState() {
        return 0L;
    }

    @Override
    public CommandHandler<Command, Call, Long> commandHandler() {
        return (_, command) -> switch (command) {
            case Batch batch ->
                Effect().persist(batch.calls()).thenRun(_ -> batch.stored().run());
            case Stop _ -> Effect().none().thenStop();
        };
    }

    @Override
    public EventHandler<Long, Call> eventHandler() {
        return (state, _) -> state + 1;
    }

    @Override
    public SignalHandler<Long> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(RecoveryCompleted.instance(), state -> {
                    context.getLog().debug("{} calls", state);
                    recovered.accept(state);
                })
                .build();
    }
}
