package dev.trapline.journal.persistence;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.persistence.typed.PersistenceId;
import com.typesafe.config.Config;
import dev.trapline.abi.machine.Image;
import dev.trapline.journal.History;
import dev.trapline.journal.RecordingException;
import dev.trapline.journal.codec.HeaderCodec;
import dev.trapline.journal.codec.Segment;
import dev.trapline.journal.codec.SegmentBuilder;
import dev.trapline.journal.record.JournalRecord;
import dev.trapline.journal.record.RecordingHeader;
import dev.trapline.journal.store.EventStore;
import dev.trapline.journal.store.Manifest;
import dev.trapline.journal.store.MvEventStore;
import dev.trapline.journal.store.RecordingDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A history that is recorded. Encodes on the machine's thread, and hands whole segments over to the journal writer.
public final class RecordingWriter implements History {

    private static final String DISPATCHER = "trapline.journal.dispatcher";

    private final Outbox outbox;
    private final SegmentBuilder segments;
    private final ActorRef<RecordingKeeper.Command> keeper;
    /// Set by the keeper's timer, read between steps: host time decides when data become durable, and nothing else.
    private volatile boolean flushRequested;
    private RecordingFiles.Ending ending;
    private @Nullable CompletableFuture<Void> closed;

    private RecordingWriter(
            ActorSystem<?> system, Config config, RecordingHeader header, RecordingFiles files, PersistenceId id) {
        this.outbox = new Outbox(config.getInt("window"));
        long headerDigest = Segment.digestOf(HeaderCodec.encode(header));
        this.segments = new SegmentBuilder(headerDigest);
        this.ending = new RecordingFiles.Ending(0, headerDigest);
        var settings = new RecordingKeeper.Settings(
                config.getString("plugin"), config.getDuration("flush-interval"), () -> flushRequested = true);
        this.keeper = system.systemActorOf(
                RecordingKeeper.create(id, files, outbox, settings),
                "recording-" + header.recordingId(),
                DispatcherSelector.fromConfig(DISPATCHER));
        handOver(new JournalEvent.HeaderWritten(header));
    }

    /// Begins a recording.
    ///
    /// @throws RecordingException if there is something at that place, or it cannot be written
    public static RecordingWriter create(
            ActorSystem<?> system, Path directory, RecordingHeader header, List<Image> images) {
        return create(system, directory, header, images, MvEventStore::new);
    }

    /// As above.
    ///
    /// @param stores makes the store in a file
    static RecordingWriter create(
            ActorSystem<?> system,
            Path path,
            RecordingHeader header,
            List<Image> images,
            Function<Path, EventStore> stores) {
        Config config = system.settings().config().getConfig("trapline.journal");
        String plugin = config.getString("plugin");
        boolean own = plugin.equals("trapline.journal.mvstore");
        PersistenceId id = PersistenceId.of("recording", header.recordingId());
        RecordingDirectory directory =
                RecordingDirectory.create(path, header, own ? Manifest.MVSTORE : elsewhere(config), images);
        if (!own) {
            return new RecordingWriter(system, config, header, new RecordingFiles(directory, null, () -> {}), id);
        }
        EventStore store;
        try {
            store = stores.apply(directory.eventFile());
        } catch (RecordingException e) {
            directory.discard();
            throw e;
        }
        RecordingStores registry = RecordingStores.of(system);
        registry.register(id.id(), store);
        RecordingFiles files = new RecordingFiles(directory, store, () -> registry.unregister(id.id()));
        return new RecordingWriter(system, config, header, files, id);
    }

    /// What the recording says of a store that is not its own.
    private static String elsewhere(Config config) {
        String location = config.getString("location");
        return location.isEmpty() ? config.getString("plugin") : location;
    }

    @Override
    public JournalRecord.@Nullable Input nextRecordedInput() {
        return null;
    }

    @Override
    public boolean isReplay() {
        return false;
    }

    @Override
    public boolean isExhausted() {
        return false;
    }

    @Override
    public void append(JournalRecord record) {
        if (closed != null) {
            throw new IllegalStateException("the recording is closed: " + record);
        }
        if (outbox.failure() != null) {
            return;
        }
        if (segments.isFullFor(record) || (flushRequested && SegmentBuilder.beginsAStep(record))) {
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
        if (outbox.offer(event)) {
            keeper.tell(RecordingKeeper.Write.INSTANCE);
        }
    }

    @Override
    public boolean hasCredit() {
        return outbox.hasCredit();
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
        if (closed == null) {
            if (outbox.failure() == null) {
                seal();
            }
            closed = new CompletableFuture<>();
            keeper.tell(new RecordingKeeper.Close(ending, closed));
        }
        return closed;
    }
}
