package dev.trapline.abi.history;

import dev.trapline.abi.Position;
import org.jspecify.annotations.Nullable;

/// A replay differs from its recording.
public final class DivergenceException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Position position;
    private final String report;
    private final transient @Nullable JournalRecord expected;
    private final transient @Nullable JournalRecord actual;

    /// @param position where the first difference is
    /// @param report position, expected and actual record, for messages
    public DivergenceException(Position position, String report) {
        this(position, report, null, null);
    }

    /// As above.
    ///
    /// @param expected the recorded record; null if there is none
    /// @param actual the actual record; null if there is none
    public DivergenceException(
            Position position, String report, @Nullable JournalRecord expected, @Nullable JournalRecord actual) {
        super(report);
        this.expected = expected;
        this.actual = actual;
        this.position = position;
        this.report = report;
    }

    /// Where the first difference is.
    public Position position() {
        return position;
    }

    /// The recorded record; null if there is none.
    public @Nullable JournalRecord expected() {
        return expected;
    }

    /// The actual record; null if there is none.
    public @Nullable JournalRecord actual() {
        return actual;
    }

    /// Position, expected and actual record, for messages.
    public String report() {
        return report;
    }
}
