package dev.trapline.machine.choice;

import dev.trapline.abi.Digest64;
import dev.trapline.abi.SplitMix64;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.fault.Occasion;
import dev.trapline.abi.machine.Moment;
import org.jspecify.annotations.Nullable;

/// A rule of a plan with its counts.
final class ArmedRule {

    /// Keeps the draws apart from the schedule's and from entropy, which start from the same seed.
    private static final long STREAM = 0x6661_756c_7473_2121L;

    /// Keeps what a fault is apart from whether it happens.
    private static final long CONTENT = 0x7768_6174_2121_2121L;

    /// Names gaps in draws: no vCPU has this number.
    private static final long GAPS = -3;

    private static final double LONGEST_GAP = 0x1p62;

    private final FaultRule rule;
    private final long seed;
    private final long since;
    private final long name;
    private @Nullable ArmedRule after;
    private long met;
    private long fired;
    private long first;

    /// @param since the least time that counts, in ticks
    ArmedRule(FaultRule rule, long seed, long since) {
        this.rule = rule;
        this.since = since;
        this.seed = seed ^ STREAM;
        this.name = Digest64.of(rule.name());
    }

    FaultRule rule() {
        return rule;
    }

    /// It waits for the fault of another rule.
    void comesAfter(@Nullable ArmedRule other) {
        after = other;
    }

    long met() {
        return met;
    }

    /// How many occasions have counted.
    void met(long count) {
        met = count;
    }

    Choices.FaultCount count() {
        return new Choices.FaultCount(rule, met, fired);
    }

    /// Its fault happens.
    ///
    /// @param time in ticks
    void fire(long time) {
        if (fired == 0) {
            first = time;
        }
        fired++;
    }

    /// Whether the rule that it waits for has had its fault by a time.
    boolean isEnabled(long time) {
        return after == null || (after.fired > 0 && after.first <= time);
    }

    /// Whether the rule that it waits for has had its fault.
    boolean isFreed() {
        return after == null || after.fired > 0;
    }

    /// When it had; the least time that counts if it waits for none.
    long freedAt() {
        return after == null ? since : after.first;
    }

    /// How many occasions pass before one that has the fault, drawn as by [Occasion#probability] for each.
    ///
    /// @param hits how many had it before
    long gap(long hits) {
        double probability = rule.when().probability();
        if (probability >= 1) {
            return 0;
        }
        double even = (SplitMix64.of(seed, name, GAPS, hits).next() >>> 11) * 0x1p-53;
        // The same on every host, so that a recording can be continued anywhere.
        double gap = StrictMath.floor(StrictMath.log1p(-even) / StrictMath.log1p(-probability));
        return gap < LONGEST_GAP ? (long) gap : Choices.NEVER;
    }

    /// Whether a place in a run is in its interval.
    boolean isWithin(long slice, long time) {
        Moment end = rule.when().until();
        return isReached(rule.when().from(), slice, time) && (end == null || !isReached(end, slice, time));
    }

    private static boolean isReached(@Nullable Moment moment, long slice, long time) {
        return switch (moment) {
            case null -> true;
            case Moment.AtSlice(long ordinal) -> slice >= ordinal;
            case Moment.AtTime(long ticks) -> time >= ticks;
        };
    }

    /// Counts an occasion.
    ///
    /// @param who and `nth` name it, for the draw
    /// @return whether the fault is due at it
    boolean meet(long who, long nth) {
        met++;
        Occasion when = rule.when();
        return fired < when.most()
                && (when.nth() == 0 || met == when.nth())
                && met % when.every() == 0
                && isDrawn(when.probability(), who, nth);
    }

    private boolean isDrawn(double probability, long who, long nth) {
        if (probability >= 1) {
            return true;
        }
        long drawn = SplitMix64.of(seed, name, who, nth).next();
        return (drawn >>> 11) * 0x1p-53 < probability;
    }

    /// What decides the content of a fault at an occasion.
    SplitMix64 draws(long who, long nth) {
        return SplitMix64.of(seed ^ CONTENT, name, who, nth);
    }
}
