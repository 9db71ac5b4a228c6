package dev.trapline.abi.history;

import dev.trapline.abi.Position;
import dev.trapline.abi.policy.Kind;

/// A part of a recording is not what was written: a wrong checksum, a segment that is missing, doubled, swapped or
/// another recording's. What comes before [#position] can be trusted.
public final class RecordingDamagedException extends RecordingException {

    private static final long serialVersionUID = 1L;

    private final long segment;
    private final transient Position position;

    /// @param segment ordinal of the segment that is damaged, from 0
    /// @param position the last point up to which the history is known
    /// @param detail what is wrong with it
    public RecordingDamagedException(long segment, Position position, String detail) {
        super(Kind.DAMAGED, message(segment, position, detail));
        this.segment = segment;
        this.position = position;
    }

    /// As above, with what noticed it.
    public RecordingDamagedException(long segment, Position position, String detail, Throwable cause) {
        super(Kind.DAMAGED, message(segment, position, detail), cause);
        this.segment = segment;
        this.position = position;
    }

    private static String message(long segment, Position position, String detail) {
        return "the recording is damaged in segment " + segment + ", which begins at " + position + ": " + detail;
    }

    /// Ordinal of the damaged segment, from 0.
    public long segment() {
        return segment;
    }

    /// The last point up to which the history is known.
    public Position position() {
        return position;
    }
}
