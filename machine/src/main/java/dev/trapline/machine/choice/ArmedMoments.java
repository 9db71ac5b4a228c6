package dev.trapline.machine.choice;

import dev.trapline.abi.SplitMix64;
import dev.trapline.abi.fault.MachineFault;
import dev.trapline.abi.fault.Moments;
import dev.trapline.abi.machine.Moment;

/// A rule whose fault happens at moments, with the next of them.
///
/// Which moments have the fault depends on the rule, the seed, and when another rule fired, and not on when this is
/// asked. So it is the same when a recording is continued.
final class ArmedMoments {

    /// What a receiver of faults gets.
    interface Receiver {
        /// @param moment what the rule names: a time in ticks, or a slice
        void due(ArmedRule rule, Moment moment, SplitMix64 draws);
    }

    private static final long NOBODY = -1;

    private final ArmedRule armed;
    private final Moments moments;
    /// Which moment is next, from 0.
    private long next;

    ArmedMoments(ArmedRule armed, Moments moments) {
        this.armed = armed;
        this.moments = moments;
    }

    /// Passes the moments up to a place in the run.
    ///
    /// @param slices how many have ended
    /// @param now in ticks
    void advance(long slices, long now, Receiver receiver) {
        while (hasNext()) {
            Moment moment = at(next);
            long time = moment instanceof Moment.AtTime(long ticks) ? ticks : now;
            if (moment instanceof Moment.AtSlice(long ordinal) ? ordinal > slices : time > now) {
                return;
            }
            long nth = next++;
            if (armed.isEnabled(time) && armed.isWithin(slices, time) && armed.meet(NOBODY, nth)) {
                armed.fire(time);
                receiver.due(armed, moment, armed.draws(NOBODY, nth));
            }
        }
    }

    /// The time of the first moment with a fault in an interval; [Choices#NEVER] if there is none.
    ///
    /// @param after it is later
    /// @param until it is earlier
    /// @param slices how many have ended
    long between(long after, long until, long slices) {
        long number = armed.met();
        for (long nth = next; armed.isLeft() && (nth == 0 || moments.interval() > 0); nth++) {
            if (!(at(nth) instanceof Moment.AtTime(long time)) || time >= until || armed.isPast(slices, time)) {
                return Choices.NEVER;
            }
            if (armed.isEnabled(time) && armed.isWithin(slices, time)) {
                number++;
                if (armed.isChosen(number, NOBODY, nth) && time > after) {
                    return time;
                }
            }
        }
        return Choices.NEVER;
    }

    /// Whether the fault lets a machine continue that waits.
    boolean wakes() {
        return switch (armed.rule().what()) {
            case MachineFault.SpuriousInterrupt _,
                    MachineFault.SpuriousWakeUp _,
                    MachineFault.SpuriousEvent _,
                    MachineFault.RaisedError _ -> true;
            default -> false;
        };
    }

    private boolean hasNext() {
        return (next == 0 || moments.interval() > 0) && next >= 0;
    }

    private Moment at(long nth) {
        return moments.first() instanceof Moment.AtTime(long first)
                ? new Moment.AtTime(later(first, nth, moments.interval()))
                : moments.first();
    }

    private static long later(long first, long nth, long interval) {
        return nth == 0 ? first : nth > (Choices.NEVER - first) / interval ? Choices.NEVER : first + nth * interval;
    }
}
