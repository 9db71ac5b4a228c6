package dev.trapline.journal.recording;

import akka.actor.typed.ActorSystem;
import dev.trapline.abi.machine.Image;
import dev.trapline.journal.History;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingException;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.bundle.ExportSummary;
import dev.trapline.journal.bundle.RecordingExport;
import dev.trapline.journal.bundle.RecordingImport;
import dev.trapline.journal.codec.PackedWriter;
import dev.trapline.journal.codec.RecordEncoder;
import dev.trapline.journal.persistence.RecordingWriter;
import dev.trapline.journal.record.JournalRecord;
import dev.trapline.journal.record.RecordingHeader;
import dev.trapline.journal.replay.ReplayHistory;
import dev.trapline.journal.store.StoredRecordingReader;
import java.nio.file.Path;
import java.util.List;

/// Makes, opens and replays recordings.
public final class Recordings {

    private Recordings() {}

    /// Begins a recording.
    ///
    /// @param system runs the journal's writer, on a dispatcher of its own
    /// @param directory what to create; its parent is created if absent
    /// @param header what the recording says before its history; its images are those of `images`, in the same
    ///     order
    /// @param images kept inside the recording by content
    /// @throws RecordingException if there is something at that place, or it cannot be written
    public static History create(ActorSystem<?> system, Path directory, RecordingHeader header, List<Image> images) {
        return RecordingWriter.create(system, directory, header, images);
    }

    /// Opens a recording to look at it. Never writes to it.
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
    /// @throws RecordingException if the recording cannot be read or the file not be made; then there is no file
    public static ExportSummary export(Path directory, Path file, boolean withImages) {
        return RecordingExport.export(directory, file, withImages, Recordings::open);
    }

    /// Makes a recording of a file that [#export] wrote.
    ///
    /// @param directory must not exist
    /// @throws RecordingException if the file is not what was written, or the recording cannot be made; then there
    ///     is no recording
    public static ExportSummary importTo(Path file, Path directory) {
        return RecordingImport.importTo(file, directory);
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
