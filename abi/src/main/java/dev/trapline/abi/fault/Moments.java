package dev.trapline.abi.fault;

import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Moment;

/// Moments of a run, whatever the guest does there.
///
/// @param first the first one
/// @param interval ticks from each to the next, 1 or more; 0 if there is only the first
public record Moments(Moment first, long interval) implements FaultPlace {

    /// @throws IllegalArgumentException if the interval is negative, too long, or counts from a slice
    public Moments {
        if (interval < 0 || interval > MachineSpec.LAST_DEADLINE) {
            throw new IllegalArgumentException("moments with an interval of " + interval + " ticks");
        }
        if (interval > 0 && first instanceof Moment.AtSlice) {
            throw new IllegalArgumentException("moments with an interval begin at a time, and not at a slice");
        }
    }

    /// One moment.
    public static Moments once(Moment moment) {
        return new Moments(moment, 0);
    }

    /// Whether an occasion can choose among these moments: its interval has times if they have.
    boolean fits(Occasion when) {
        boolean bySlice = when.from() instanceof Moment.AtSlice || when.until() instanceof Moment.AtSlice;
        boolean byTime = when.from() instanceof Moment.AtTime || when.until() instanceof Moment.AtTime;
        return !bySlice && (first instanceof Moment.AtTime || !byTime);
    }

    /// Whether an occasion can choose one of these moments.
    boolean isPossible(Occasion when) {
        if (!(first instanceof Moment.AtTime(long begin))) {
            return when.nth() <= 1 && when.every() == 1;
        }
        long from = when.from() instanceof Moment.AtTime(long ticks) ? Math.max(begin, ticks) : begin;
        boolean isOver = when.until() instanceof Moment.AtTime(long end) && end <= from;
        return !isOver && (interval > 0 || (from == begin && when.nth() <= 1 && when.every() == 1));
    }

    /// In words: `at 5000 ticks, and every 1000 ticks from there`.
    @Override
    public String toString() {
        return switch (first) {
            case Moment.AtSlice(long ordinal) -> "before slice " + ordinal;
            case Moment.AtTime(long ticks) ->
                "at " + ticks + " ticks" + (interval == 0 ? "" : ", and every " + interval + " ticks from there");
        };
    }
}
