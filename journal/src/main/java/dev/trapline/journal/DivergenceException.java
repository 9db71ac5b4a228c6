package dev.trapline.journal;

import dev.trapline.abi.Position;

/// A replay is not what its recording says.
public final class DivergenceException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Position position;
    private final String report;

    /// @param position where the first difference is
    /// @param report position, what was expected and what came, for people
    public DivergenceException(Position position, String report) {
        super(report);
        this.position = position;
        this.report = report;
    }

    /// Where the first difference is.
    public Position position() {
        return position;
    }

    /// Position, what was expected and what came, for people.
    public String report() {
        return report;
    }
}
