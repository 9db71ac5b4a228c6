package dev.trapline.journal.recording;

import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.trapline.abi.history.History;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.Sharing;
import dev.trapline.abi.machine.StoragePolicy;
import dev.trapline.journal.NamedDatabase;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.bundle.ExportSummary;
import dev.trapline.journal.bundle.ImportLimits;
import dev.trapline.journal.bundle.RecordingExport;
import dev.trapline.journal.bundle.RecordingImport;
import dev.trapline.journal.codec.PackedWriter;
import dev.trapline.journal.codec.RecordEncoder;
import dev.trapline.journal.persistence.ActorHistory;
import dev.trapline.journal.persistence.RecordingWriter;
import dev.trapline.journal.replay.ReplayHistory;
import dev.trapline.journal.store.Database;
import dev.trapline.journal.store.DatabaseAccess;
import dev.trapline.journal.store.RecordingDirectory;
import dev.trapline.journal.store.RecordingLock;
import dev.trapline.journal.store.StoredRecordingReader;
import dev.trapline.journal.store.UnfinishedRecording;
import java.nio.file.Path;
import java.util.List;

/// Makes, opens and replays recordings.
public final class Recordings {

    private Recordings() {}

    /// Begins a recording of a machine.
    ///
    /// @param system runs the journal
    /// @param directory what to create; its parent is created if absent
    /// @param header what the recording says before its history; its images are those of `images`, in the same
    ///     order
    /// @param images kept inside the recording by content
    /// @param policy how it is stored
    /// @return to be started, by the machine's actor
    /// @throws RecordingException if the path exists, or cannot be written
    public static ActorHistory create(
            ActorSystem<?> system, Path directory, RecordingHeader header, List<Image> images, StoragePolicy policy) {
        return RecordingWriter.create(system, directory, header, images, policy);
    }

    /// Begins a recording that is not made by a machine's actor, and starts it.
    ///
    /// @throws RecordingException as above
    public static History begin(
            ActorSystem<?> system, Path directory, RecordingHeader header, List<Image> images, StoragePolicy policy) {
        ActorHistory history = create(system, directory, header, images, policy);
        history.startAlone(system, header.recordingId());
        return history;
    }

    /// Continues a recording whose run did not end: the run is compared with the recording, and then recorded.
    ///
    /// @param system runs the journal's writer, on a dispatcher of its own; configured by [#journalOf]
    /// @param policy how what is added is stored
    /// @return to be started, by the machine's actor
    /// @throws RecordingException if there is no such recording, its run is complete, somebody else writes
    ///     it, or it cannot be written
    public static ActorHistory proceed(ActorSystem<?> system, Path directory, StoragePolicy policy) {
        NamedDatabase database = DatabaseAccess.of(system.settings().config());
        OpenOptions options = database == null ? OpenOptions.STRICT : OpenOptions.STRICT.with(database);
        UnfinishedRecording recording = UnfinishedRecording.take(directory, policy.durability(), options);
        ReplayHistory past;
        try {
            past = new ReplayHistory(StoredRecordingReader.open(directory, options));
        } catch (RecordingException e) {
            recording.lock().close();
            throw e;
        }
        try {
            return new ContinuedHistory(past, RecordingWriter.behind(system, recording, policy));
        } catch (RecordingException e) {
            past.close();
            recording.lock().close();
            throw e;
        }
    }

    /// The configuration that an actor system needs for [#proceed]: the location of the recording's events. Empty
    /// if they are in its own directory.
    ///
    /// @param options say which database the user has named
    /// @throws RecordingException if there is no recording, or it is in another database
    public static Config journalOf(Path directory, OpenOptions options) {
        String store = RecordingDirectory.at(directory).manifest().store();
        return Database.isUrl(store)
                ? DatabaseAccess.of(options.database()).of(directory, store).journal()
                : ConfigFactory.empty();
    }

    /// Whether a recording is being written, by another process or by this one.
    public static boolean isBeingWritten(Path directory) {
        return RecordingLock.isHeld(RecordingDirectory.at(directory));
    }

    /// Whether a recording's events are in a database, and not in its own directory.
    ///
    /// @throws RecordingException if there is no recording
    public static boolean isInDatabase(Path directory) {
        return Database.isUrl(RecordingDirectory.at(directory).manifest().store());
    }

    /// Opens a recording to read it. Never writes to it.
    ///
    /// @throws RecordingException if there is none, it is of another format version, or an image is not what its
    ///     hash says
    public static RecordingReader open(Path directory, OpenOptions options) {
        return StoredRecordingReader.open(directory, options);
    }

    /// Packs a recording into one file. Never writes to the recording; one that is open is exported up to its last
    /// whole segment.
    ///
    /// @param file must not exist
    /// @param withImages whether the images go into it
    /// @param sharing who may read the file
    /// @param progress told how far it is; may throw to end the export, which then leaves no file
    /// @throws RecordingException if the recording cannot be read or the file not be made; then there is no file
    public static ExportSummary export(
            Path directory, Path file, boolean withImages, Sharing sharing, RecordingExport.Progress progress) {
        return RecordingExport.export(directory, file, withImages, sharing, Recordings::open, progress);
    }

    /// Packs a recording into a file that only its owner may read.
    ///
    /// @throws RecordingException as above
    public static ExportSummary export(Path directory, Path file, boolean withImages) {
        return export(directory, file, withImages, Sharing.PRIVATE, (_, _) -> {});
    }

    /// Makes a recording from a file that [#export] wrote.
    ///
    /// @param directory must not exist
    /// @param sharing who may read it
    /// @param limits what it may take
    /// @throws RecordingException if the file is not what was written or takes more than it may, or the recording
    ///     cannot be made; then there is no recording
    public static ExportSummary importTo(Path file, Path directory, Sharing sharing, ImportLimits limits) {
        return RecordingImport.importTo(file, directory, sharing, limits);
    }

    /// Makes a recording that only its owner may read, without a size limit.
    ///
    /// @throws RecordingException as above
    public static ExportSummary importTo(Path file, Path directory) {
        return importTo(file, directory, Sharing.PRIVATE, ImportLimits.NONE);
    }

    /// Checks that an input can be recorded, before a machine takes it.
    ///
    /// @throws IllegalArgumentException if it is too large
    public static void requireRecordable(JournalRecord.Input input) {
        new RecordEncoder(new PackedWriter(1024)).encode(input);
    }

    /// A history that checks a run against a recording.
    ///
    /// @param reader belongs to the history from now on, and is closed with it
    public static ReplayHistory replay(RecordingReader reader) {
        return new ReplayHistory(reader);
    }
}
