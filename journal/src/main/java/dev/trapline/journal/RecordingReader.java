package dev.trapline.journal;

import dev.trapline.abi.Position;
import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.abi.machine.Image;
import dev.trapline.journal.codec.Segment;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a recording. It never writes to it, and may be used while the recording is still being written. Not
/// thread-safe.
public interface RecordingReader extends AutoCloseable {

    /// Where the recording is, for messages.
    String location();

    /// The header of the recording.
    RecordingHeader header();

    /// The machine's images with their content, in the header's order.
    ///
    /// @throws RecordingException of kind IMAGE_MISSING if an image is neither in the recording nor was given when
    ///     it was opened
    List<Image> images();

    /// Whether the history reaches the end of the run. If not, its recorder was killed, or is still running.
    boolean isComplete();

    /// A message for the user about how it was opened: that its recorder did not close it, and where it was cut if
    /// its last segments are not whole. Null if it was closed in order.
    @Nullable
    String notice();

    /// The durability with which it was recorded, under its name in the configuration.
    String durability();

    /// How many segments there are.
    long segmentCount();

    /// A segment, after checking its checksum, its position, and that it follows the previous segment.
    ///
    /// @param ordinal from 0, below [#segmentCount]
    /// @throws RecordingDamagedException if it is missing or was changed
    Segment segment(long ordinal);

    /// The whole history, decoded lazily.
    ///
    /// @return an iterator that throws [dev.trapline.abi.history.RecordingDamagedException] at the first damage
    Iterator<HistoryEntry> entries();

    /// The history from a position on. The first entry is the first one at or after the position. Reads only a few
    /// segments.
    Iterator<HistoryEntry> entriesFrom(Position position);

    /// Checks for data that the recorder has added since the recording was opened or last refreshed. Existing
    /// iterators continue as before.
    ///
    /// @return whether there is more
    boolean refresh();

    @Override
    void close();
}
