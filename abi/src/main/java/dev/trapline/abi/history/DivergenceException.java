package dev.trapline.abi.history;

import dev.trapline.abi.Position;
import org.jspecify.annotations.Nullable;

/// A replay is not what its recording says.
public final class DivergenceException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Position position;
    private final String report;
    private final transient @Nullable JournalRecord expected;
    private final transient @Nullable JournalRecord actual;

    /// @param position where the first difference is
    /// @param report position, what was expected and what came, for people
    public DivergenceException(Position position, String report) {
        this(position, report, null, null);
    }

    /// As above.
    ///
    /// @param expected what is recorded; null if nothing is
    /// @param actual what came; null if nothing did
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

    /// What is recorded; null if nothing is.
    public @Nullable JournalRecord expected() {
        return expected;
    }

    /// What came; null if nothing did.
    public @Nullable JournalRecord actual() {
        return actual;
    }

    /// Position, what was expected and what came, for people.
    public String report() {
        return report;
    }
}
