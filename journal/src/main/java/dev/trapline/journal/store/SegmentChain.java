package dev.trapline.journal.store;

import dev.trapline.abi.Position;
import dev.trapline.abi.history.RecordingDamagedException;
import dev.trapline.journal.codec.Segment;

/// What the next segment must match.
///
/// @param ordinal its place
/// @param firstSlice ordinal of its first slice
/// @param digest of what comes before it
record SegmentChain(long ordinal, long firstSlice, long digest) {

    /// What segment 0 must be.
    static SegmentChain beginning(long headerDigest) {
        return new SegmentChain(0, 0, headerDigest);
    }

    /// What the segment behind this one must be.
    static SegmentChain behind(Segment segment) {
        return new SegmentChain(segment.ordinal() + 1, segment.firstSlice() + segment.slices(), segment.digest());
    }

    /// @throws RecordingDamagedException if the segment is not the one that follows
    void check(Segment segment) {
        Position position = Position.ofSlice(firstSlice);
        if (segment.predecessor() != digest) {
            throw new RecordingDamagedException(
                    ordinal,
                    position,
                    "it does not follow the previous segment: one of the two belongs to another recording, or "
                            + "was changed");
        }
        if (segment.firstSlice() != firstSlice) {
            throw new RecordingDamagedException(
                    ordinal, position, "it claims to begin at slice " + segment.firstSlice());
        }
    }
}
