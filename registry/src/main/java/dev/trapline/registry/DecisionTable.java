package dev.trapline.registry;

import java.util.ArrayList;
import java.util.List;

/// All 2^32 function identifiers of one (conduit, #imm, execution state), in stretches with one verdict each.
///
/// A look-up goes by the identifier's upper bits to a part of the table, and by halving from there. It allocates
/// nothing.
final class DecisionTable {

    private static final int MIN_INDEX_BITS = 4;
    private static final int MAX_INDEX_BITS = 16;

    /// First identifier of each stretch, biased by 2^31 so that signed comparison orders them as unsigned. The
    /// first is that of 0.
    private final int[] starts;

    private final Verdict[] verdicts;
    /// For each value of the upper bits, the stretch that its first identifier lies in.
    private final int[] index;

    private final int shift;

    private DecisionTable(int[] starts, Verdict[] verdicts) {
        this.starts = starts;
        this.verdicts = verdicts;
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

    /// One verdict on all of them.
    static DecisionTable of(Verdict verdict) {
        Builder table = new Builder();
        table.add(0, verdict);
        return table.build();
    }

    /// The verdict on a function identifier.
    Verdict at(int functionId) {
        return verdicts[stretch(functionId)];
    }

    /// The stretch that a function identifier lies in.
    int stretch(int functionId) {
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

    /// Last identifier of a stretch, unsigned.
    long last(int stretch) {
        return stretch + 1 < starts.length
                ? Integer.toUnsignedLong(starts[stretch + 1] ^ Integer.MIN_VALUE) - 1
                : 0xffff_ffffL;
    }

    private static int biased(int functionId) {
        return functionId ^ Integer.MIN_VALUE;
    }

    /// Collects stretches in ascending order; neighbours with equal verdicts become one.
    static final class Builder {
        private final List<Integer> starts = new ArrayList<>();
        private final List<Verdict> verdicts = new ArrayList<>();

        /// @param first of the next stretch, unsigned; the very first is 0
        void add(long first, Verdict verdict) {
            if (verdicts.isEmpty() || !verdicts.getLast().equals(verdict)) {
                starts.add(biased((int) first));
                verdicts.add(verdict);
            }
        }

        DecisionTable build() {
            return new DecisionTable(
                    starts.stream().mapToInt(Integer::intValue).toArray(), verdicts.toArray(Verdict[]::new));
        }
    }
}
