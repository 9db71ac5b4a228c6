package dev.trapline.journal.recording;

import dev.trapline.abi.Position;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.history.RecordingDamagedException;
import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.codec.CodecException;
import dev.trapline.journal.codec.RecordKind;
import dev.trapline.journal.codec.Segment;
import dev.trapline.journal.store.SegmentCursor;
import java.util.Collections;
import java.util.EnumMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The content of a recording, found by reading all of it: every segment's checksum, position, predecessor and counts
/// are checked, and each record is decoded.
///
/// @param segments how many are sound, from the first on
/// @param slices how many these have
/// @param bytes what these take, their headers included
/// @param kinds how often each kind of record is in them and how many bytes it takes there; kinds that are not are
///     absent
/// @param complete whether the history reaches the run's end
/// @param damage the first damage; null if there is none
public record Survey(
        long segments,
        long slices,
        long bytes,
        SortedMap<RecordKind, Share> kinds,
        boolean complete,
        @Nullable RecordingDamagedException damage) {

    /// What one kind takes.
    ///
    /// @param records how many
    /// @param bytes what they take in their segments
    public record Share(long records, long bytes) {

        Share plus(Share more) {
            return new Share(records + more.records, bytes + more.bytes);
        }
    }

    public Survey {
        kinds = Collections.unmodifiableSortedMap(kinds);
    }

    /// How many records there are.
    public long records() {
        return kinds.values().stream().mapToLong(Share::records).sum();
    }

    /// Where the sound part ends.
    public Position end() {
        return Position.ofSlice(slices);
    }

    /// Reads a recording from its beginning to its end, or to its first damage.
    public static Survey of(RecordingReader reader) {
        Tally tally = new Tally();
        try {
            for (long ordinal = 0; ordinal < reader.segmentCount(); ordinal++) {
                tally.add(reader.segment(ordinal));
            }
            return tally.survey(null);
        } catch (RecordingDamagedException damage) {
            return tally.survey(damage);
        }
    }

    /// Adds up whole segments: a segment that turns out to be damaged does not count.
    private static final class Tally {

        private final EnumMap<RecordKind, Share> kinds = new EnumMap<>(RecordKind.class);
        private long segments;
        private long slices;
        private long bytes;
        private boolean complete;

        void add(Segment segment) {
            if (complete) {
                throw damaged(segment, "it comes after the end of the run", null);
            }
            EnumMap<RecordKind, Share> found = new EnumMap<>(RecordKind.class);
            boolean ends = false;
            try {
                SegmentCursor cursor = new SegmentCursor(segment);
                while (cursor.hasNext()) {
                    int begin = cursor.at();
                    HistoryEntry entry = cursor.next();
                    found.merge(RecordKind.of(entry.record()), new Share(1, cursor.at() - begin), Share::plus);
                    ends = entry.record() instanceof JournalRecord.End;
                }
            } catch (CodecException e) {
                throw damaged(segment, String.valueOf(e.getMessage()), e);
            }
            if (ends != segment.isLast()) {
                throw damaged(segment, "it says that the run ends in it, and has no end", null);
            }
            found.forEach((kind, share) -> kinds.merge(kind, share, Share::plus));
            segments++;
            slices += segment.slices();
            bytes += segment.bytes().length;
            complete = ends;
        }

        private RecordingDamagedException damaged(Segment segment, String detail, @Nullable CodecException cause) {
            Position position = Position.ofSlice(slices);
            return cause == null
                    ? new RecordingDamagedException(segment.ordinal(), position, detail)
                    : new RecordingDamagedException(segment.ordinal(), position, detail, cause);
        }

        Survey survey(@Nullable RecordingDamagedException damage) {
            return new Survey(segments, slices, bytes, new TreeMap<>(kinds), complete, damage);
        }
    }
}
