package dev.trapline.machine.choice;

import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.PlannedInjection;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// The injections that were planned before the run. Each is returned once when it is due: those for a slice before
/// those for a time, each kind in order of time, and at the same time in the planned order.
public final class PlannedInjections {

    private record Due(long when, PlannedInjection planned) {
        Injection what() {
            return planned.what();
        }
    }

    private final Deque<Due> bySlice;
    private final Deque<Due> byTime;

    public PlannedInjections(List<PlannedInjection> planned) {
        bySlice = sorted(planned, when -> when instanceof Moment.AtSlice(long ordinal) ? ordinal : -1);
        byTime = sorted(planned, when -> when instanceof Moment.AtTime(long ticks) ? ticks : -1);
    }

    /// Those of one kind of moment.
    ///
    /// @param key of a moment of that kind; -1 for another
    private static Deque<Due> sorted(List<PlannedInjection> planned, ToLongFunction<Moment> key) {
        return planned.stream()
                .map(injection -> new Due(key.applyAsLong(injection.when()), injection))
                .filter(due -> due.when() >= 0)
                .sorted(Comparator.comparingLong(Due::when))
                .collect(ArrayDeque::new, ArrayDeque::add, ArrayDeque::addAll);
    }

    /// The next one that is due; null if none is.
    @Nullable
    Injection next(long slices, long now) {
        Injection due = take(bySlice, slices);
        return due == null ? take(byTime, now) : due;
    }

    /// Those that have not happened, in order.
    List<PlannedInjection> left() {
        List<PlannedInjection> left = new ArrayList<>();
        bySlice.forEach(due -> left.add(due.planned()));
        byTime.forEach(due -> left.add(due.planned()));
        return left;
    }

    private static @Nullable Injection take(Deque<Due> waiting, long now) {
        Due first = waiting.peek();
        if (first == null || first.when() > now) {
            return null;
        }
        waiting.remove();
        return first.what();
    }

    /// A recording contains this injection: if it was planned, it must not happen again.
    void passOver(Injection what, long slices, long now) {
        if (!remove(bySlice, what, slices)) {
            remove(byTime, what, now);
        }
    }

    private static boolean remove(Deque<Due> waiting, Injection what, long now) {
        for (Iterator<Due> each = waiting.iterator(); each.hasNext(); ) {
            Due due = each.next();
            if (due.when() > now) {
                return false;
            }
            if (due.what().equals(what)) {
                each.remove();
                return true;
            }
        }
        return false;
    }

    /// The least virtual time after a moment for which one is planned; [Choices#NEVER] if none is.
    long nextAfter(long moment) {
        for (Due due : byTime) {
            if (due.when() > moment) {
                return due.when();
            }
        }
        return Choices.NEVER;
    }
}
