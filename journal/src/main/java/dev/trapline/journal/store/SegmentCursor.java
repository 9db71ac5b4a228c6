package dev.trapline.journal.store;

import dev.trapline.abi.Position;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.codec.CodecException;
import dev.trapline.journal.codec.PackedReader;
import dev.trapline.journal.codec.RecordDecoder;
import dev.trapline.journal.codec.Segment;

/// Walks through the records of one segment, knowing the position of each.
public final class SegmentCursor {

    private final Segment segment;
    private final RecordDecoder decoder;
    private long nextSlice;
    private int records;

    public SegmentCursor(Segment segment) {
        this.segment = segment;
        this.nextSlice = segment.firstSlice();
        this.decoder =
                new RecordDecoder(new PackedReader(segment.bytes(), Segment.HEADER_BYTES, segment.bytes().length));
    }

    /// Where the next record begins, as an index into [Segment#bytes].
    public int at() {
        return decoder.at();
    }

    /// Whether the segment has more.
    ///
    /// @throws CodecException if it has fewer or more records than it says
    public boolean hasNext() {
        if (decoder.hasNext()) {
            return true;
        }
        if (records != segment.records() || nextSlice != segment.firstSlice() + segment.slices()) {
            throw new CodecException("the segment should have " + segment.records() + " records with "
                    + segment.slices() + " slices, and has " + records + " with "
                    + (nextSlice - segment.firstSlice()));
        }
        return false;
    }

    /// The next record.
    ///
    /// @throws CodecException if the bytes are not what an encoder writes
    public HistoryEntry next() {
        JournalRecord record = decoder.next();
        records++;
        if (record instanceof JournalRecord.End && (decoder.hasNext() || !segment.isLast())) {
            throw new CodecException("there is more after the end of the run");
        }
        Position position = position(record, nextSlice);
        if (record instanceof JournalRecord.Slice) {
            nextSlice++;
        }
        return new HistoryEntry(position, record);
    }

    /// Whether the record that begins with this byte is an input.
    public static boolean isInput(byte first) {
        return RecordDecoder.isInput(first);
    }

    /// Where a record belongs.
    ///
    /// @param nextSlice how many slices came before it
    public static Position position(JournalRecord record, long nextSlice) {
        return Position.ofSlice(
                switch (record) {
                    case JournalRecord.Slice _ -> nextSlice;
                    case JournalRecord.Answer _ -> Math.max(0, nextSlice - 1);
                    case JournalRecord.FullDigest _ -> Math.max(0, nextSlice - 1);
                    case JournalRecord.MemoryDigest _ -> Math.max(0, nextSlice - 1);
                    case JournalRecord.ConsoleInput _ -> nextSlice;
                    case JournalRecord.Frame _ -> nextSlice;
                    case JournalRecord.Reconfigured _ -> nextSlice;
                    case JournalRecord.Injected _ -> nextSlice;
                    case JournalRecord.Reaction _ -> nextSlice;
                    case JournalRecord.Entropy _ -> nextSlice;
                    case JournalRecord.Round _ -> nextSlice;
                    case JournalRecord.Renewed _ -> nextSlice;
                    case JournalRecord.Turned _ -> nextSlice;
                    case JournalRecord.Faulted _ -> nextSlice;
                    case JournalRecord.Stop _ -> nextSlice;
                    case JournalRecord.End _ -> nextSlice;
                });
    }
}
