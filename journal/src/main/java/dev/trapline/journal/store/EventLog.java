package dev.trapline.journal.store;

import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.BoundedFile.Links;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.abi.history.RecordingException.Kind;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.codec.CodecException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The events of one recording, to be read, wherever they are kept. Never writes.
public interface EventLog extends AutoCloseable {

    /// The highest sequence number, 0 if there are no events.
    ///
    /// @throws CodecException if that cannot be made out
    long highestSequenceNr();

    /// One event, null if it is missing.
    ///
    /// @throws CodecException if it cannot be made sense of
    @Nullable
    EventRow row(long sequenceNr);

    /// The highest sequence number of an event before this one, 0 if there is none.
    ///
    /// @throws CodecException if that cannot be made out
    long before(long sequenceNr);

    /// Whether this log sees events that are added after it was opened. A file must be opened again for them.
    boolean seesLaterEvents();

    @Override
    void close();

    /// Opens the events of a recording where its manifest says that they are.
    ///
    /// @param options say which database the user has named
    /// @throws RecordingException if they are not there, or cannot be read
    static EventLog open(RecordingDirectory directory, Manifest manifest, OpenOptions options) {
        if (Database.isUrl(manifest.store())) {
            DatabaseAccess access = DatabaseAccess.of(options.database());
            return DatabaseEventLog.open(access.of(directory.path(), manifest.store()), manifest.id());
        }
        if (!manifest.store().equals(Manifest.MVSTORE)) {
            throw new RecordingException(
                    Kind.NOT_SUPPORTED,
                    "the events of the recording " + directory.path() + " are kept by '" + manifest.store()
                            + "', which can only be read where they are");
        }
        requireFile(directory);
        return new MvEventLog(directory.eventFile());
    }

    /// Makes sure that a recording which keeps its events itself has them.
    ///
    /// @throws RecordingException if it does not
    static void requireFile(RecordingDirectory directory) {
        try {
            BoundedFile.requireRegular(directory.eventFile(), Links.REFUSED);
        } catch (IOException e) {
            throw new RecordingException(
                    Kind.DAMAGED,
                    "the recording " + directory.path() + " has no journal that can be read: " + directory.eventFile()
                            + " " + BoundedFile.reason(e),
                    e);
        }
    }
}
