package dev.trapline.registry;

import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;

/// All calls by one conduit from one execution state.
final class Plane {

    private final DecisionTable smccc;
    /// The #imm values other than 0 that a rule or claim names, ascending; each has a table.
    private final int[] immediates;

    private final DecisionTable[] tables;
    private final Decided otherImmediate;

    /// @param smccc the table for #imm 0
    /// @param named the tables for the other #imm values that a rule or claim names
    Plane(DecisionTable smccc, SortedMap<Integer, DecisionTable> named, Decided otherImmediate) {
        this.smccc = smccc;
        this.immediates = named.keySet().stream().mapToInt(Integer::intValue).toArray();
        this.tables = named.entrySet().stream().map(Map.Entry::getValue).toArray(DecisionTable[]::new);
        this.otherImmediate = otherImmediate;
    }

    Decided at(int immediate, int functionId) {
        if (immediate == 0) {
            return smccc.at(functionId);
        }
        int at = Arrays.binarySearch(immediates, immediate);
        return at < 0 ? otherImmediate : tables[at].at(functionId);
    }

    /// All calls with an #imm.
    DecisionTable table(int immediate) {
        if (immediate == 0) {
            return smccc;
        }
        int at = Arrays.binarySearch(immediates, immediate);
        return at < 0 ? DecisionTable.of(otherImmediate) : tables[at];
    }

    int[] immediates() {
        return immediates.clone();
    }
}
