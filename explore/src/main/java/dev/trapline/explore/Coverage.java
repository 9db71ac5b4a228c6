package dev.trapline.explore;

import dev.trapline.machine.choice.Choices;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What the runs of an exploration did. It depends on these runs only, and not on their order.
///
/// @param code the code that they reached
/// @param calls the firmware calls that they made, with the states in which they did
/// @param faults how often each rule of the plan had its fault
public record Coverage(CodeSet code, SortedSet<CallInState> calls, SortedMap<String, Long> faults) {

    /// Before the first run.
    public static final Coverage NOTHING = new Coverage(CodeSet.EMPTY, new TreeSet<>(), new TreeMap<>());

    public Coverage {
        calls = Collections.unmodifiableSortedSet(new TreeSet<>(calls));
        faults = Collections.unmodifiableSortedMap(new TreeMap<>(faults));
    }

    /// The same with what a run did.
    ///
    /// @param fresh code that may not be known yet
    /// @param made calls that may not be known yet
    /// @param fired the counts of all rules in this run
    Coverage and(CodeSet fresh, SortedSet<CallInState> made, List<Choices.FaultCount> fired) {
        if (fresh.isEmpty() && made.isEmpty() && fired.isEmpty()) {
            return this;
        }
        SortedSet<CallInState> all = new TreeSet<>(calls);
        all.addAll(made);
        SortedMap<String, Long> counts = new TreeMap<>(faults);
        fired.forEach(count -> counts.merge(count.rule().name(), count.fired(), Long::sum));
        return new Coverage(code.and(fresh), all, counts);
    }
}
