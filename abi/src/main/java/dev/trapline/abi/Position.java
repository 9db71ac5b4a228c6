package dev.trapline.abi;

/// A totally ordered point in a machine's history.
///
/// @param slice ordinal of the slice, counted over the whole machine from 0
/// @param instruction instructions executed in that slice, from 0 (its beginning)
public record Position(long slice, long instruction) implements Comparable<Position> {

    public Position {
        if (slice < 0 || instruction < 0) {
            throw new IllegalArgumentException("a position has no negative part: " + slice + ":" + instruction);
        }
    }

    /// The beginning of a slice.
    public static Position ofSlice(long slice) {
        return new Position(slice, 0);
    }

    @Override
    public int compareTo(Position other) {
        int bySlice = Long.compare(slice, other.slice);
        return bySlice != 0 ? bySlice : Long.compare(instruction, other.instruction);
    }

    @Override
    public String toString() {
        return instruction == 0 ? "slice " + slice : "slice " + slice + ":" + instruction;
    }
}
