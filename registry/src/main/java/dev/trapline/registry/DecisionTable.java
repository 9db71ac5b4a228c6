package dev.trapline.registry;

import java.util.ArrayList;
import java.util.List;

/// All 2^32 function identifiers of one (conduit, #imm, execution state), in ranges with one decision each.
///
/// A look-up uses the identifier's upper bits to find a part of the table, and then binary search. It allocates
/// nothing.
final class DecisionTable {

    private static final int MIN_INDEX_BITS = 4;
    private static final int MAX_INDEX_BITS = 16;

    /// The first identifier of each range, biased by 2^31 so that signed comparison orders them as unsigned. The
    /// first range begins at 0.
    private final int[] starts;

    private final Decided[] decisions;
    /// For each value of the upper bits, the range that contains its first identifier.
    private final int[] index;

    private final int shift;

    private DecisionTable(int[] starts, Decided[] decisions) {
        this.starts = starts;
        this.decisions = decisions;
        int bits = Math.clamp(
                Integer.SIZE - Integer.numberOfLeadingZeros(starts.length) + 1, MIN_INDEX_BITS, MAX_INDEX_BITS);
        this.shift = Integer.SIZE - bits;
        this.index = new int[(1 << bits) + 1];
        int at = 0;
        for (int upper = 0; upper < 1 << bits; upper++) {
            int first = biased(upper << shift);
            while (at + 1 < starts.length && starts[at + 1] <= first) {
                at++;
            }
            index[upper] = at;
        }
        index[1 << bits] = starts.length - 1;
    }

    /// A table with one decision for all identifiers.
    static DecisionTable of(Decided decided) {
        Builder table = new Builder();
        table.add(0, decided);
        return table.build();
    }

    /// The decision for a function identifier, with its source.
    Decided at(int functionId) {
        return decisions[range(functionId)];
    }

    /// The range that contains a function identifier.
    int range(int functionId) {
        int key = biased(functionId);
        int upper = functionId >>> shift;
        int low = index[upper];
        int high = index[upper + 1];
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (starts[middle] <= key) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /// The last identifier of a range, unsigned.
    long last(int range) {
        return range + 1 < starts.length
                ? Integer.toUnsignedLong(starts[range + 1] ^ Integer.MIN_VALUE) - 1
                : 0xffff_ffffL;
    }

    private static int biased(int functionId) {
        return functionId ^ Integer.MIN_VALUE;
    }

    /// Collects ranges in ascending order. Neighbours with equal decisions are merged.
    static final class Builder {
        private final List<Integer> starts = new ArrayList<>();
        private final List<Decided> decisions = new ArrayList<>();

        /// @param first the first identifier of the next range, unsigned; the very first is 0
        void add(long first, Decided decided) {
            if (decisions.isEmpty() || !decisions.getLast().equals(decided)) {
                starts.add(biased((int) first));
                decisions.add(decided);
            }
        }

        DecisionTable build() {
            return new DecisionTable(
                    starts.stream().mapToInt(Integer::intValue).toArray(), decisions.toArray(Decided[]::new));
        }
    }
}
