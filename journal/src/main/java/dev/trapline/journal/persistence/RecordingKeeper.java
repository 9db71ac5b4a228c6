package dev.trapline.journal.persistence;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.ChildFailed;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.PostStop;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.persistence.typed.PersistenceId;
import dev.trapline.journal.RecordingException;
import dev.trapline.journal.RecordingException.Kind;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Looks after one recording's writer: starts it, reminds the machine's side to hand over what it holds, closes the
/// store when the writer is done, and says why if it fails.
final class RecordingKeeper extends AbstractBehavior<RecordingKeeper.Command> {

    /// What it is told.
    sealed interface Command {}

    /// There is something in the outbox.
    enum Write implements Command {
        INSTANCE
    }

    /// Everything is in the outbox: store it, close, and complete the future.
    record Close(RecordingFiles.Ending ending, CompletableFuture<Void> done) implements Command {}

    /// Time to hand over what is held.
    private enum Flush implements Command {
        INSTANCE
    }

    private final RecordingFiles files;
    private final Outbox outbox;
    private final ActorRef<JournalWriter.Command> writer;
    private final Runnable requestFlush;
    private @Nullable Close closing;
    private boolean released;

    private RecordingKeeper(
            ActorContext<Command> context, PersistenceId id, RecordingFiles files, Outbox outbox, Settings settings) {
        super(context);
        this.files = files;
        this.outbox = outbox;
        this.requestFlush = settings.requestFlush();
        this.writer = context.spawn(
                JournalWriter.create(id, outbox, settings.plugin()), "writer", DispatcherSelector.sameAsParent());
        context.watch(writer);
    }

    /// @param plugin id of the journal plugin
    /// @param flushInterval how long the machine's side may hold data
    /// @param requestFlush asks it to hand over what it holds
    record Settings(String plugin, Duration flushInterval, Runnable requestFlush) {}

    static Behavior<Command> create(PersistenceId id, RecordingFiles files, Outbox outbox, Settings settings) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Flush.INSTANCE, settings.flushInterval());
            return new RecordingKeeper(context, id, files, outbox, settings);
        }));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onAnyMessage(this::onCommand)
                .onSignal(ChildFailed.class, failed -> onWriterFailed(failed.getCause()))
                .onSignal(Terminated.class, _ -> onWriterDone())
                .onSignal(PostStop.class, _ -> onStopped())
                .build();
    }

    private Behavior<Command> onCommand(Command command) {
        switch (command) {
            case Write _ -> writer.tell(JournalWriter.Write.INSTANCE);
            case Flush _ -> requestFlush.run();
            case Close close -> {
                closing = close;
                writer.tell(JournalWriter.Finish.INSTANCE);
            }
        }
        return this;
    }

    private Behavior<Command> onWriterDone() {
        if (closing == null) {
            return onWriterFailed(new IllegalStateException("the journal writer stopped by itself"));
        }
        released = true;
        try {
            files.finish(closing.ending());
            closing.done().complete(null);
            // WIDE: whoever waits for the close gets an answer, whatever the store throws.
        } catch (RuntimeException e) {
            RecordingException failure = e instanceof RecordingException known
                    ? known
                    : new RecordingException(Kind.STORAGE, files.describeFailure(e), e);
            outbox.fail(String.valueOf(failure.getMessage()));
            closing.done().completeExceptionally(failure);
        }
        return Behaviors.stopped();
    }

    private Behavior<Command> onWriterFailed(Throwable cause) {
        fail(files.describeFailure(cause));
        if (closing != null) {
            return Behaviors.stopped();
        }
        // Messages may still come, a close among them: it must get its answer.
        return Behaviors.receive(Command.class)
                .onMessage(Close.class, close -> {
                    close.done().completeExceptionally(failed());
                    return Behaviors.stopped();
                })
                .onAnyMessage(_ -> Behaviors.same())
                .build();
    }

    private RecordingException failed() {
        return new RecordingException(Kind.STORAGE, String.valueOf(outbox.failure()));
    }

    private Behavior<Command> onStopped() {
        if (!released) {
            fail(files.describeFailure(new IllegalStateException("the actor system was stopped before the recording")));
        }
        return this;
    }

    private void fail(String reason) {
        released = true;
        outbox.fail(reason);
        try {
            files.abandon();
            // WIDE: the store failed before, and its first failure is the one that counts.
        } catch (RuntimeException e) {
            getContext().getLog().debug("the store cannot be closed either", e);
        }
        if (closing != null) {
            closing.done().completeExceptionally(failed());
        }
    }
}
