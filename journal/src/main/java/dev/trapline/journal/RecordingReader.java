package dev.trapline.journal;

import dev.trapline.abi.Position;
import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.abi.machine.Image;
import dev.trapline.journal.codec.Segment;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A recording, to be looked at. Never writes to it; may be used while it is still being written. Not thread-safe.
public interface RecordingReader extends AutoCloseable {

    /// Where the recording is, for messages.
    String location();

    /// What it says before its history.
    RecordingHeader header();

    /// The machine's images with their content, in the header's order.
    ///
    /// @throws RecordingException of kind IMAGE_MISSING if one is neither in the recording nor was given when it
    ///     was opened
    List<Image> images();

    /// Whether the history reaches the run's end. If not, its recorder was killed, or is still at work.
    boolean isComplete();

    /// What a person should know of how it was opened: that its recorder did not close it, and where it was cut
    /// back to if its last segments are not whole. Null if it was closed in order.
    @Nullable
    String notice();

    /// How its recorder stored it, as configuration names it.
    String durability();

    /// How many segments there are.
    long segmentCount();

    /// A segment, checked: its checksum, its place, and that it follows the one before it.
    ///
    /// @param ordinal from 0, below [#segmentCount]
    /// @throws RecordingDamagedException if it is missing or not what was written
    Segment segment(long ordinal);

    /// The whole history, decoded as it is asked for.
    ///
    /// @return an iterator that throws [dev.trapline.abi.history.RecordingDamagedException] where the recording is
    ///     damaged
    Iterator<HistoryEntry> entries();

    /// The history from a position on: the first entry is the first one whose position is not before it. Reads a
    /// few segments.
    Iterator<HistoryEntry> entriesFrom(Position position);

    /// Looks for what a recorder has added since the recording was opened or last refreshed. Iterators go on as
    /// before.
    ///
    /// @return whether there is more
    boolean refresh();

    @Override
    void close();
}
