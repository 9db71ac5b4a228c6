package dev.trapline.journal.persistence;

import akka.Done;
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
import akka.actor.typed.javadsl.TimerScheduler;
import akka.persistence.typed.PersistenceId;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import dev.trapline.abi.machine.Durability;
import dev.trapline.abi.machine.StoragePolicy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Manages the writer of one recording: starts it, asks the machine to pass on the data that it holds, forces data to
/// the disk, and closes the store when the writer is done.
///
/// If the writer fails, the machine gets no credit while the store is opened again and a new writer sends the missing
/// events. When the patience is over, the recording fails, with everything up to there forced to the disk.
final class RecordingKeeper extends AbstractBehavior<RecordingKeeper.Command> {

    /// The longest pause between two attempts to open a store again.
    private static final Duration RETRY_PAUSE = Duration.ofMillis(500);

    /// The smallest number of attempts before the patience is over, if each fails at once.
    private static final int ATTEMPTS = 60;

    /// What it is told.
    sealed interface Command {}

    /// There is something in the outbox.
    enum Write implements Command {
        INSTANCE
    }

    /// Everything is in the outbox: store it, close, and complete the future.
    record Close(RecordingFiles.Ending ending, CompletableFuture<Void> done) implements Command {}

    /// It is time to pass on held data, and to force written data to the disk.
    private enum Flush implements Command {
        INSTANCE
    }

    /// Time to try again.
    private enum Reopen implements Command {
        INSTANCE
    }

    /// The patience is over.
    private enum OutOfPatience implements Command {
        INSTANCE
    }

    /// @param failure null if all that had been written is on the disk
    private record Synced(@Nullable Throwable failure) implements Command {}

    private final TimerScheduler<Command> timers;
    private final PersistenceId id;
    private final RecordingFiles files;
    private final Outbox outbox;
    private final Settings settings;
    private @Nullable ActorRef<JournalWriter.Command> writer;
    private long writers;
    /// The failure that is being waited out; null if there is none.
    private @Nullable Throwable trouble;
    private long storedAtFailure;
    private boolean outOfPatience;
    private boolean syncing;
    private @Nullable Close closing;
    private boolean released;

    private RecordingKeeper(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            PersistenceId id,
            RecordingFiles files,
            Outbox outbox,
            Settings settings) {
        super(context);
        this.timers = timers;
        this.id = id;
        this.files = files;
        this.outbox = outbox;
        this.settings = settings;
        startWriter();
    }

    /// @param plugin id of the journal plugin
    /// @param flushInterval how long the machine's side may hold data
    /// @param policy when data are forced to the disk, and how long a store that fails is waited for
    /// @param requestFlush asks it to hand over what it holds
    record Settings(String plugin, Duration flushInterval, StoragePolicy policy, Runnable requestFlush) {

        private Duration tick() {
            boolean sooner = policy.durability() == Durability.INTERVAL
                    && policy.interval().compareTo(flushInterval) < 0;
            return sooner ? policy.interval() : flushInterval;
        }

        private Duration pause() {
            return Duration.ofMillis(Math.clamp(policy.patience().toMillis() / ATTEMPTS, 1, RETRY_PAUSE.toMillis()));
        }
    }

    static Behavior<Command> create(PersistenceId id, RecordingFiles files, Outbox outbox, Settings settings) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            context.setLoggerName(RecordingKeeper.class);
            timers.startTimerWithFixedDelay(Flush.INSTANCE, settings.tick());
            return new RecordingKeeper(context, timers, id, files, outbox, settings);
        }));
    }

    private void startWriter() {
        ActorRef<JournalWriter.Command> started = getContext()
                .spawn(
                        JournalWriter.create(id, outbox, settings.plugin()),
                        "writer-" + writers++,
                        DispatcherSelector.sameAsParent());
        getContext().watch(started);
        writer = started;
        if (closing != null) {
            started.tell(JournalWriter.Finish.INSTANCE);
        }
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
        return switch (command) {
            case Write _ -> tellWriter(JournalWriter.Write.INSTANCE);
            case Flush _ -> flush();
            case Synced(@Nullable Throwable failure) -> onSynced(failure);
            case Reopen _ -> reopen();
            case OutOfPatience _ -> outOfPatience();
            case Close close -> {
                closing = close;
                yield tellWriter(JournalWriter.Finish.INSTANCE);
            }
        };
    }

    /// If there is no writer, the next one will look by itself.
    private Behavior<Command> tellWriter(JournalWriter.Command command) {
        if (writer != null) {
            writer.tell(command);
        }
        return this;
    }

    private Behavior<Command> flush() {
        settings.requestFlush().run();
        if (settings.policy().durability() == Durability.INTERVAL && !syncing && writer != null) {
            syncing = true;
            // A result that is not null: one that arrives after the end is a dead letter, which Akka must be able to
            // log.
            CompletableFuture<Done> forced = CompletableFuture.runAsync(
                            files::sync, getContext().getExecutionContext())
                    .thenApply(_ -> Done.getInstance());
            getContext().pipeToSelf(forced, (_, failure) -> new Synced(failure));
        }
        return this;
    }

    private Behavior<Command> onSynced(@Nullable Throwable failure) {
        syncing = false;
        return failure == null ? this : giveUp(failure);
    }

    private Behavior<Command> onWriterDone() {
        if (closing == null) {
            return onWriterFailed(new IllegalStateException("the journal writer stopped by itself"));
        }
        released = true;
        try {
            files.finish(closing.ending());
            closing.done().complete(null);
            // WIDE: the caller that waits for the close gets an answer, whatever the store throws.
        } catch (RuntimeException e) {
            RecordingException failure = e instanceof RecordingException known
                    ? known
                    : new RecordingException(Kind.STORAGE, files.describeFailure(e), e);
            outbox.fail(String.valueOf(failure.getMessage()));
            files.abandon(outbox.acknowledged(), e);
            closing.done().completeExceptionally(failure);
        }
        return Behaviors.stopped();
    }

    private Behavior<Command> onWriterFailed(Throwable cause) {
        writer = null;
        outbox.pause();
        if (trouble == null || outbox.acknowledged() != storedAtFailure) {
            // Something was stored since the last failure, so this is a new failure.
            storedAtFailure = outbox.acknowledged();
            outOfPatience = settings.policy().patience().isZero();
            if (!outOfPatience && RecordingFiles.mayPass(cause)) {
                timers.startSingleTimer(
                        OutOfPatience.INSTANCE, settings.policy().patience());
                getContext()
                        .getLog()
                        .warn(
                                "the machine waits up to {} s for its recording's store, and continues when it can: {}",
                                settings.policy().patience().toSeconds(),
                                files.describeFailure(cause));
            }
        }
        return tryAgain(cause);
    }

    private Behavior<Command> tryAgain(Throwable cause) {
        trouble = cause;
        if (outOfPatience || !RecordingFiles.mayPass(cause)) {
            return giveUp(cause);
        }
        timers.startSingleTimer(Reopen.INSTANCE, settings.pause());
        return this;
    }

    /// An attempt may take much longer than the pause between two of them, if the store is behind a network:
    /// patience is a time, not a number of attempts.
    private Behavior<Command> outOfPatience() {
        if (trouble == null || outbox.acknowledged() != storedAtFailure || outbox.isDrained()) {
            trouble = null;
            return this;
        }
        outOfPatience = true;
        // If there is a write on its way, it decides.
        return outbox.isPaused() ? giveUp(trouble) : this;
    }

    private Behavior<Command> reopen() {
        try {
            files.reopen();
            // WIDE: a store that cannot be opened may throw anything; what it is decides whether to try again.
        } catch (RuntimeException e) {
            return tryAgain(e);
        }
        getContext().getLog().info("the recording's store is open again: the missing data is sent");
        startWriter();
        return this;
    }

    private Behavior<Command> giveUp(Throwable cause) {
        fail(cause);
        if (closing != null) {
            return Behaviors.stopped();
        }
        if (writer != null) {
            getContext().stop(writer);
            writer = null;
        }
        // Messages may still come, a close among them: it must get its answer.
        return Behaviors.receive(Command.class)
                .onMessage(Close.class, close -> {
                    close.done().completeExceptionally(failed());
                    return Behaviors.stopped();
                })
                .onAnyMessage(_ -> Behaviors.same())
                .onSignal(Terminated.class, _ -> Behaviors.same())
                .build();
    }

    private RecordingException failed() {
        return new RecordingException(Kind.STORAGE, String.valueOf(outbox.failure()));
    }

    private Behavior<Command> onStopped() {
        if (!released) {
            fail(new IllegalStateException("the actor system was stopped before the recording"));
        }
        return this;
    }

    private void fail(Throwable cause) {
        released = true;
        String reason = files.describeFailure(cause);
        files.abandon(outbox.acknowledged(), cause);
        outbox.fail(reason);
        if (closing != null) {
            closing.done().completeExceptionally(failed());
        }
    }
}
