package dev.trapline.journal.store;

import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.abi.machine.Durability;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.codec.Segment;
import dev.trapline.journal.file.Disk;
import dev.trapline.journal.file.MvFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.stream.LongStream;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;

/// A recording whose run did not end, locked and prepared to be continued: it contains only the whole segments.
///
/// @param directory where it is
/// @param lock belongs to the one who continues it
/// @param header what it says before its history
/// @param last its last whole segment; null if there is none
public record UnfinishedRecording(
        RecordingDirectory directory,
        RecordingLock lock,
        RecordingHeader header,
        @Nullable Segment last) {

    /// Prepares a recording. Unreadable data after the last whole segment of a file is dropped: a copy replaces the
    /// file once it is completely on the disk, so a crash in between leaves the recording as it was. A database
    /// contains only whole segments.
    ///
    /// @param options how it is opened
    /// @throws RecordingException if there is none, its run is complete, somebody is writing it, or it
    ///     cannot be read or written
    public static UnfinishedRecording take(Path path, Durability durability, OpenOptions options) {
        RecordingDirectory directory = RecordingDirectory.at(path);
        // What is no recording gets no lock file.
        Manifest manifest = directory.manifest();
        boolean inFile = manifest.store().equals(Manifest.MVSTORE);
        if (!inFile && !Database.isUrl(manifest.store())) {
            throw new RecordingException(
                    RecordingException.Kind.NOT_SUPPORTED,
                    "the events of the recording " + path + " are kept by '" + manifest.store()
                            + "': only a recording with its events in its own directory, or in PostgreSQL, can "
                            + "be continued");
        }
        RecordingLock lock = RecordingLock.take(directory);
        try {
            return prepare(directory, lock, durability, options);
        } catch (RecordingException e) {
            lock.close();
            throw e;
        }
    }

    private static UnfinishedRecording prepare(
            RecordingDirectory directory, RecordingLock lock, Durability durability, OpenOptions options) {
        try (StoredRecordingReader reader = StoredRecordingReader.open(directory.path(), options)) {
            long segments = reader.segmentCount();
            Segment last = segments == 0 ? null : reader.segment(segments - 1);
            if (last != null && last.isLast()) {
                throw new RecordingException(
                        Kind.ENDED,
                        "the recording " + directory.path()
                                + " is of a run that ended: there is nothing to continue; replay it");
            }
            if (directory.manifest().store().equals(Manifest.MVSTORE)) {
                keepWhole(directory, reader);
            }
            directory.markOpen(durability);
            return new UnfinishedRecording(directory, lock, reader.header(), last);
        }
    }

    private static void keepWhole(RecordingDirectory directory, StoredRecordingReader reader) {
        Path fresh = directory.eventFile().resolveSibling(directory.eventFile().getFileName() + ".continuing");
        try {
            Iterator<EventRow.Encoded> rows = LongStream.rangeClosed(1, reader.segmentCount() + 1)
                    .mapToObj(n -> reader.event(n).encode())
                    .iterator();
            EventFile.write(fresh, rows, 0);
            Disk.replace(fresh, directory.eventFile());
        } catch (IOException | MVStoreException | IllegalStateException e) {
            Disk.deleteQuietly(fresh);
            throw MvFile.cannotWrite(directory.eventFile(), e);
        }
    }
}
