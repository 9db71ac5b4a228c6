package dev.trapline.journal.codec;

import dev.trapline.abi.history.JournalRecord;
import java.util.Arrays;

/// Packs records into segments. One buffer, used again for every segment.
///
/// A segment is closed only before a slice or an input, so that a hypercall and its answer are in the same segment.
public final class SegmentBuilder {

    private final int closeAt;
    private final PackedWriter out = new PackedWriter(JournalFormat.SEGMENT_BYTES + 4096);
    private final RecordEncoder encoder = new RecordEncoder(out);
    private long ordinal;
    private long firstSlice;
    private int slices;
    private int records;
    private long predecessor;
    private boolean last;
    /// Whether the last record is about the slice that follows.
    private boolean aboutNext;

    /// @param headerDigest digest of the recording's header, the beginning of the chain
    public SegmentBuilder(long headerDigest) {
        this(headerDigest, JournalFormat.SEGMENT_BYTES);
    }

    /// @param closeAt payload size at which a segment is full, in bytes
    public SegmentBuilder(long headerDigest, int closeAt) {
        this.predecessor = headerDigest;
        this.closeAt = closeAt;
        out.length(Segment.HEADER_BYTES);
    }

    /// Continues after a segment.
    public static SegmentBuilder behind(Segment segment) {
        SegmentBuilder builder = new SegmentBuilder(segment.digest());
        builder.ordinal = segment.ordinal() + 1;
        builder.firstSlice = segment.firstSlice() + segment.slices();
        return builder;
    }

    /// Whether the segment must be sealed before this record is added.
    public boolean isFullFor(JournalRecord record) {
        return out.length() - Segment.HEADER_BYTES >= closeAt && mayEndBefore(record);
    }

    /// Whether a segment may begin with this record.
    public static boolean beginsAStep(JournalRecord record) {
        return record instanceof JournalRecord.Slice || record instanceof JournalRecord.Input;
    }

    /// Whether the segment may be sealed before this record is added: not between a slice and what is recorded
    /// about it in front of it.
    public boolean mayEndBefore(JournalRecord record) {
        return !aboutNext && beginsAStep(record);
    }

    /// Adds a record.
    ///
    /// @throws IllegalArgumentException if it cannot be stored; the segment is then as it was, and must be sealed
    ///     next
    public void add(JournalRecord record) {
        int before = out.length();
        try {
            encoder.encode(record);
        } catch (IllegalArgumentException e) {
            out.length(before);
            throw e;
        }
        records++;
        aboutNext = record instanceof JournalRecord.Faulted || record instanceof JournalRecord.Renewed;
        if (record instanceof JournalRecord.Slice) {
            slices++;
        } else if (record instanceof JournalRecord.End) {
            last = true;
        }
    }

    /// Whether nothing was added since the last seal.
    public boolean isEmpty() {
        return records == 0;
    }

    /// Closes the segment and begins the next.
    public Segment seal() {
        byte[] bytes = Arrays.copyOf(out.buffer(), out.length());
        Segment segment = Segment.seal(bytes, last, ordinal, firstSlice, slices, records, predecessor);
        ordinal++;
        firstSlice += slices;
        predecessor = segment.digest();
        slices = 0;
        records = 0;
        out.length(Segment.HEADER_BYTES);
        encoder.reset();
        return segment;
    }
}
