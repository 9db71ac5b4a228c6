package dev.trapline.abi;

import java.util.Comparator;

/// A totally ordered point in a machine's history.
///
/// @param slice ordinal of the slice, counted over the whole machine from 0
/// @param instruction instructions executed in that slice, from 0 (its beginning); 0 at its exit, where only the slice
///     itself tells how many there were
/// @param phase whether the slice is running or has ended
public record Position(long slice, long instruction, Phase phase) implements Comparable<Position> {

    /// The phases of a slice, in order.
    public enum Phase {
        /// The slice has not ended.
        RUNNING,
        /// The slice has ended, and the exit that ended it is not answered yet.
        EXIT
    }

    private static final Comparator<Position> ORDER = Comparator.comparingLong(Position::slice)
            .thenComparing(Position::phase)
            .thenComparingLong(Position::instruction);

    /// The beginning of a history.
    public static final Position START = ofSlice(0);

    public Position {
        if (slice < 0 || instruction < 0) {
            throw new IllegalArgumentException("a position has no negative part: " + slice + ":" + instruction);
        }
        if (phase == Phase.EXIT && instruction != 0) {
            throw new IllegalArgumentException(
                    "the exit of slice " + slice + " counts no instructions, not even " + instruction);
        }
    }

    /// The beginning of a slice.
    public static Position ofSlice(long slice) {
        return within(slice, 0);
    }

    /// After some instructions of a slice; after none, its beginning.
    public static Position within(long slice, long instruction) {
        return new Position(slice, instruction, Phase.RUNNING);
    }

    /// After the last instruction of a slice, before the exit that ends it is answered.
    public static Position atExit(long slice) {
        return new Position(slice, 0, Phase.EXIT);
    }

    /// Whether it is not at the beginning of a slice.
    public boolean isInside() {
        return phase == Phase.EXIT || instruction > 0;
    }

    @Override
    public int compareTo(Position other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return switch (phase) {
            case RUNNING -> instruction == 0 ? "slice " + slice : "slice " + slice + ":" + instruction;
            case EXIT -> "slice " + slice + ", at the exit that ends it";
        };
    }
}
