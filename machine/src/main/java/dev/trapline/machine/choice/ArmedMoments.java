package dev.trapline.machine.choice;

import dev.trapline.abi.SplitMix64;
import dev.trapline.abi.fault.MachineFault;
import dev.trapline.abi.fault.Moments;
import dev.trapline.abi.fault.Occasion;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.Moment;
import org.jspecify.annotations.Nullable;

/// A rule whose fault happens at moments, with the next of those that it chooses.
///
/// Which moments have the fault depends on the rule, the seed, and when another rule fired, and not on when this is
/// asked. So it is the same when a recording is continued. With a probability, the distance to the next one is drawn,
/// so that no moment in between costs anything.
final class ArmedMoments {

    /// What a receiver of faults gets.
    interface Receiver {
        /// A moment with the fault is due.
        ///
        /// @param moment what the rule names: a time in ticks, or a slice
        /// @return whether the fault happens
        boolean due(ArmedRule rule, Moment moment, SplitMix64 draws);
    }

    private static final long NOBODY = -1;

    /// There is no further one.
    private static final long NONE = -1;

    private final ArmedRule armed;
    private final Moments moments;
    /// How many faults were chosen, and the number of the last one among those of which `every` is one, from 0.
    private long chosen;
    private long last = -1;
    private boolean isOver;

    ArmedMoments(ArmedRule armed, Moments moments) {
        this.armed = armed;
        this.moments = moments;
    }

    /// Passes the moments up to a place in the run.
    ///
    /// @param slices how many have ended
    /// @param now in ticks
    void advance(long slices, long now, Receiver receiver) {
        if (moments.first() instanceof Moment.AtSlice(long ordinal)) {
            if (!isOver && slices >= ordinal) {
                isOver = true;
                if (armed.isEnabled(now) && armed.meet(NOBODY, 0)) {
                    due(now, 0, receiver);
                }
            }
            return;
        }
        for (Hit hit = after(chosen, last); hit != null && hit.time() <= now; hit = after(chosen, last)) {
            chosen++;
            last = hit.number();
            due(hit.time(), last, receiver);
        }
        armed.met(counted(now));
    }

    private void due(long time, long nth, Receiver receiver) {
        Moment moment = moments.first() instanceof Moment.AtTime ? new Moment.AtTime(time) : moments.first();
        if (receiver.due(armed, moment, armed.draws(NOBODY, nth))) {
            armed.fire(time);
        }
    }

    /// The time of the first moment with a fault in an interval; [Choices#NEVER] if there is none.
    ///
    /// @param after it is later
    /// @param until it is earlier
    long between(long after, long until) {
        Hit hit = after(chosen, last);
        for (long number = chosen + 1; hit != null && hit.time() <= after; number++) {
            hit = after(number, hit.number());
        }
        return hit == null || hit.time() >= until ? Choices.NEVER : hit.time();
    }

    /// Whether the fault lets a machine continue that waits.
    boolean wakes() {
        return switch (armed.rule().what()) {
            case MachineFault.SpuriousInterrupt _,
                    MachineFault.SpuriousWakeUp _,
                    MachineFault.SpuriousEvent _,
                    MachineFault.RaisedError _ -> true;
            case MachineFault.Defective(Injection.StuckLine(int _, boolean high, long _)) -> high;
            default -> false;
        };
    }

    /// A moment that has the fault.
    ///
    /// @param number among those of which `every` is one, from 0
    private record Hit(long time, long number) {}

    /// The next moment with a fault.
    ///
    /// @param hits how many there were
    /// @param before the number of the last one; -1 if there was none
    private @Nullable Hit after(long hits, long before) {
        long base = base();
        Occasion when = armed.rule().when();
        if (base == NONE || hits >= when.most() || (when.nth() > 0 && before >= 0)) {
            return null;
        }
        long gap = armed.gap(hits);
        long number = sum(before, sum(gap, 1));
        long index = when.nth() > 0
                ? (gap == 0 ? sum(base, when.nth() - 1) : Choices.NEVER)
                : sum(base, product(sum(number, 1), when.every()) - 1);
        long time = timeOf(index);
        return time == Choices.NEVER || (when.until() instanceof Moment.AtTime(long end) && time >= end)
                ? null
                : new Hit(time, number);
    }

    /// The number of the first moment that counts, from 0.
    private long base() {
        if (!armed.isFreed() || !(moments.first() instanceof Moment.AtTime(long first))) {
            return NONE;
        }
        long from = armed.rule().when().from() instanceof Moment.AtTime(long ticks) ? ticks : 0;
        long start = Math.max(from, armed.freedAt());
        if (start <= first) {
            return 0;
        }
        return moments.interval() == 0 ? NONE : (start - first - 1) / moments.interval() + 1;
    }

    /// How many moments have counted up to a time.
    private long counted(long now) {
        long base = base();
        if (base == NONE || !(moments.first() instanceof Moment.AtTime(long first))) {
            return 0;
        }
        long end = armed.rule().when().until() instanceof Moment.AtTime(long ticks) ? Math.min(now, ticks - 1) : now;
        if (end < first) {
            return 0;
        }
        long reached = moments.interval() == 0 ? 1 : (end - first) / moments.interval() + 1;
        return Math.max(0, reached - base);
    }

    private long timeOf(long index) {
        long first = moments.first() instanceof Moment.AtTime(long ticks) ? ticks : 0;
        if (moments.interval() == 0) {
            return index == 0 ? first : Choices.NEVER;
        }
        return sum(first, product(index, moments.interval()));
    }

    /// A sum of numbers that are not negative, but for -1; no more than [Choices#NEVER].
    private static long sum(long one, long two) {
        return one > Choices.NEVER - Math.max(0, two) ? Choices.NEVER : one + two;
    }

    private static long product(long one, long two) {
        return Math.multiplyHigh(one, two) != 0 || one * two < 0 ? Choices.NEVER : one * two;
    }
}
