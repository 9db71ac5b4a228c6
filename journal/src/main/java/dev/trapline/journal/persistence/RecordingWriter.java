package dev.trapline.journal.persistence;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.persistence.typed.PersistenceId;
import com.typesafe.config.Config;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.Kept;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.abi.history.StoredHistory;
import dev.trapline.abi.machine.Durability;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.StoragePolicy;
import dev.trapline.journal.codec.HeaderCodec;
import dev.trapline.journal.codec.Segment;
import dev.trapline.journal.codec.SegmentBuilder;
import dev.trapline.journal.store.DatabaseAccess;
import dev.trapline.journal.store.EventStore;
import dev.trapline.journal.store.Manifest;
import dev.trapline.journal.store.MvEventStore;
import dev.trapline.journal.store.RecordingDirectory;
import dev.trapline.journal.store.RecordingLock;
import dev.trapline.journal.store.UnfinishedRecording;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A history that is recorded. It encodes on the machine's thread, and passes whole segments to the journal writer.
public final class RecordingWriter implements ActorHistory {

    private static final String DISPATCHER = "trapline.journal.dispatcher";
    private static final String OWN_PLUGIN = "trapline.journal.mvstore";

    private final Outbox outbox;
    private final SegmentBuilder segments;
    private final RecordingFiles files;
    private final Durability durability;
    private final Behavior<RecordingKeeper.Command> behavior;
    /// The actor that stores it; null until it is started.
    private volatile @Nullable ActorRef<RecordingKeeper.Command> keeper;
    /// Set by the keeper's timer, read between steps: host time decides when data become durable, and nothing else.
    private volatile boolean flushRequested;
    private volatile RecordingFiles.Ending ending;
    private volatile @Nullable CompletableFuture<Void> closed;

    private RecordingWriter(
            ActorSystem<?> system, PersistenceId id, RecordingFiles files, StoragePolicy policy, Beginning beginning) {
        Config config = config(system);
        this.outbox = new Outbox(config.getInt("window"), beginning.stored());
        this.segments = beginning.segments();
        this.files = files;
        this.durability = policy.durability();
        this.ending = beginning.ending();
        var settings = new RecordingKeeper.Settings(
                config.getString("plugin"), config.getDuration("flush-interval"), policy, () -> flushRequested = true);
        this.behavior = RecordingKeeper.create(id, files, outbox, settings);
    }

    @Override
    public void startIn(Home home) {
        ActorRef<RecordingKeeper.Command> started = home.start(behavior, DispatcherSelector.fromConfig(DISPATCHER));
        keeper = started;
        started.tell(RecordingKeeper.Write.INSTANCE);
    }

    /// Where it begins to write.
    ///
    /// @param stored how many events the store holds already
    private record Beginning(SegmentBuilder segments, RecordingFiles.Ending ending, long stored) {}

    /// Begins a recording. It is to be started: see [ActorHistory].
    ///
    /// @throws RecordingException if there is something at that place, or it cannot be written
    public static RecordingWriter create(
            ActorSystem<?> system, Path directory, RecordingHeader header, List<Image> images, StoragePolicy policy) {
        return create(system, directory, header, images, policy, file -> store(file, policy));
    }

    /// As above.
    ///
    /// @param stores makes the store in a file
    static RecordingWriter create(
            ActorSystem<?> system,
            Path path,
            RecordingHeader header,
            List<Image> images,
            StoragePolicy policy,
            Function<Path, EventStore> stores) {
        String plugin = config(system).getString("plugin");
        boolean own = plugin.equals(OWN_PLUGIN);
        PersistenceId id = PersistenceId.of("recording", header.recordingId());
        RecordingDirectory directory = RecordingDirectory.prepare(path, header, policy, images);
        RecordingFiles files;
        try {
            RecordingLock lock = RecordingLock.take(directory);
            files = RecordingFiles.open(
                    directory,
                    lock,
                    own ? new RecordingFiles.Stores(RecordingStores.of(system), id.id(), stores) : null,
                    words(system));
            files.begin(header, own ? Manifest.MVSTORE : elsewhere(config(system)), policy);
        } catch (RecordingException e) {
            directory.discard();
            throw e;
        }
        long headerDigest = Segment.digestOf(HeaderCodec.encode(header));
        RecordingWriter writer = new RecordingWriter(
                system,
                id,
                files,
                policy,
                new Beginning(
                        new SegmentBuilder(headerDigest), new RecordingFiles.Ending(0, headerDigest), own ? 1 : 0));
        if (!own) {
            writer.handOver(new JournalEvent.HeaderWritten(header));
        }
        return writer;
    }

    /// Continues a recording behind its last whole segment.
    ///
    /// @param system its journal is the one that keeps the recording's events
    /// @throws RecordingException if it cannot be written
    public static RecordingWriter behind(ActorSystem<?> system, UnfinishedRecording recording, StoragePolicy policy) {
        String plugin = config(system).getString("plugin");
        boolean own = recording.directory().manifest().store().equals(Manifest.MVSTORE);
        if (own != plugin.equals(OWN_PLUGIN)) {
            throw new RecordingException(
                    RecordingException.Kind.NOT_SUPPORTED,
                    "the events of the recording " + recording.directory().path() + " are not where '" + plugin
                            + "' writes: continue it in an actor system that is configured for its store");
        }
        PersistenceId id = PersistenceId.of("recording", recording.header().recordingId());
        RecordingFiles files = RecordingFiles.open(
                recording.directory(),
                recording.lock(),
                own
                        ? new RecordingFiles.Stores(RecordingStores.of(system), id.id(), file -> store(file, policy))
                        : null,
                words(system));
        Segment last = recording.last();
        long headerDigest = Segment.digestOf(HeaderCodec.encode(recording.header()));
        Beginning beginning = last == null
                ? new Beginning(new SegmentBuilder(headerDigest), new RecordingFiles.Ending(0, headerDigest), 1)
                : new Beginning(
                        SegmentBuilder.behind(last),
                        new RecordingFiles.Ending(last.ordinal() + 1, last.digest()),
                        last.ordinal() + 2);
        return new RecordingWriter(system, id, files, policy, beginning);
    }

    private static EventStore store(Path file, StoragePolicy policy) {
        return new MvEventStore(file, policy.durability() == Durability.EVERY_SEGMENT);
    }

    private static UnaryOperator<String> words(ActorSystem<?> system) {
        return message -> DatabaseAccess.said(system.settings().config(), message);
    }

    private static Config config(ActorSystem<?> system) {
        return system.settings().config().getConfig("trapline.journal");
    }

    /// How much of it is on the disk. Thread-safe.
    @Override
    public StoredHistory stored() {
        long durable = files.durableSequenceNr(outbox.acknowledged());
        long sealed = ending.segments();
        return new StoredHistory(durability, sealed, Math.clamp(durable - 1, 0, sealed));
    }

    @Override
    public Kept kept() {
        return outbox.acknowledged() > 0 ? Kept.RECORDING : Kept.NO_HEADER;
    }

    /// What the recording says of a store that is not its own.
    private static String elsewhere(Config config) {
        String location = config.getString("location");
        return location.isEmpty() ? config.getString("plugin") : location;
    }

    @Override
    public void append(JournalRecord record) {
        if (closed != null) {
            throw new IllegalStateException("the recording is closed: " + record);
        }
        if (outbox.failure() != null) {
            return;
        }
        if (segments.isFullFor(record) || (flushRequested && segments.mayEndBefore(record))) {
            seal();
        }
        try {
            segments.add(record);
        } catch (IllegalArgumentException e) {
            seal();
            throw e;
        }
    }

    private void seal() {
        flushRequested = false;
        if (segments.isEmpty()) {
            return;
        }
        Segment segment = segments.seal();
        ending = new RecordingFiles.Ending(segment.ordinal() + 1, segment.digest());
        handOver(new JournalEvent.SegmentWritten(segment));
    }

    private void handOver(JournalEvent event) {
        ActorRef<RecordingKeeper.Command> told = outbox.offer(event) ? keeper : null;
        if (told != null) {
            told.tell(RecordingKeeper.Write.INSTANCE);
        }
    }

    @Override
    public boolean hasCredit() {
        return outbox.hasCredit();
    }

    @Override
    public boolean waitsForStore() {
        // Once the run has ended nobody asks for credit any more, and closing waits until all of it is stored.
        return closed == null ? outbox.isFull() : outbox.failure() == null && !outbox.isDrained();
    }

    @Override
    public void onCredit(Runnable callback) {
        outbox.onCredit(callback);
    }

    @Override
    public @Nullable String failure() {
        return outbox.failure();
    }

    @Override
    public CompletionStage<Void> close() {
        CompletableFuture<Void> done = closed;
        if (done == null) {
            if (outbox.failure() == null) {
                seal();
            }
            done = new CompletableFuture<>();
            closed = done;
            close(done);
        }
        return done;
    }

    private void close(CompletableFuture<Void> done) {
        ActorRef<RecordingKeeper.Command> storing = keeper;
        if (storing != null) {
            storing.tell(new RecordingKeeper.Close(ending, done));
            return;
        }
        RecordingException cause = new RecordingException(
                RecordingException.Kind.STORAGE, "the recording was closed before its machine began");
        files.abandon(0, cause);
        done.completeExceptionally(cause);
    }
}
