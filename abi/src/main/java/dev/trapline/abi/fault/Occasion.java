package dev.trapline.abi.fault;

import dev.trapline.abi.machine.Moment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// When a rule's fault happens, among the calls, moments or inputs that its place has. For moments and inputs, read
/// "moment" or "input" for "call" here.
///
/// A call counts for `nth` and `every` only between `from` and `until`, and behind `after`.
///
/// @param nth only the call of this number, from 1; 0 for any
/// @param every only every so many calls: 2 is the second, the fourth, ...; 1 for all
/// @param probability from just above 0 to 1: whether the others meet a fault is drawn from the machine's seed
/// @param from the earliest moment; null for the start
/// @param until the moment before which it must be; null for the end
/// @param after the name of another rule, which must have happened before; empty for none
/// @param most how often it happens at most, 1 or more
public record Occasion(
        long nth,
        long every,
        double probability,
        @Nullable Moment from,
        @Nullable Moment until,
        String after,
        long most) {

    /// Each time.
    public static final Occasion ALWAYS = new Occasion(0, 1, 1, null, null, "", Long.MAX_VALUE);

    /// @throws IllegalArgumentException if it can never be, or no number is one of those above
    public Occasion {
        if (nth < 0 || every < 1 || most < 1 || !(probability > 0 && probability <= 1)) {
            throw new IllegalArgumentException("no such occasion: nth " + nth + ", every " + every + ", probability "
                    + probability + ", at most " + most);
        }
        if (nth % every != 0) {
            throw new IllegalArgumentException("call " + nth + " is none of every " + every + " calls");
        }
        if (isOver(from, until)) {
            throw new IllegalArgumentException("the end of an occasion is not after its beginning");
        }
    }

    private static boolean isOver(@Nullable Moment from, @Nullable Moment until) {
        return switch (until) {
            case null -> false;
            case Moment.AtSlice(long end) -> end <= (from instanceof Moment.AtSlice(long begin) ? begin : 0);
            case Moment.AtTime(long end) -> end <= (from instanceof Moment.AtTime(long begin) ? begin : 0);
        };
    }

    /// In words: `only call 3, after the fault 'busy'`; empty for each time.
    @Override
    public String toString() {
        return text("call");
    }

    /// The same for other things than calls.
    ///
    /// @param one what one of them is called
    String text(String one) {
        List<String> parts = new ArrayList<>();
        if (nth > 0) {
            parts.add("only " + one + " " + nth);
        }
        if (every > 1) {
            parts.add("1 of " + every + " " + one + "s");
        }
        if (probability < 1) {
            parts.add("with probability " + probability);
        }
        if (from != null) {
            parts.add("from " + text(from) + " on");
        }
        if (until != null) {
            parts.add("before " + text(until));
        }
        if (!after.isEmpty()) {
            parts.add("after the fault '" + after + "'");
        }
        if (most != Long.MAX_VALUE && nth == 0) {
            parts.add(most == 1 ? "once" : "at most " + most + " times");
        }
        return String.join(", ", parts);
    }

    private static String text(Moment moment) {
        return switch (moment) {
            case Moment.AtSlice(long ordinal) -> "slice " + ordinal;
            case Moment.AtTime(long ticks) -> ticks + " ticks";
        };
    }

    /// The call of one number.
    ///
    /// @param number from 1
    public static Occasion nth(long number) {
        return new Occasion(number, 1, 1, null, null, "", 1);
    }

    /// Every so many calls.
    public Occasion every(long calls) {
        return new Occasion(nth, calls, probability, from, until, after, most);
    }

    /// Some of the calls.
    public Occasion withProbability(double chance) {
        return new Occasion(nth, every, chance, from, until, after, most);
    }

    /// Only from a moment on.
    public Occasion from(Moment moment) {
        return new Occasion(nth, every, probability, moment, until, after, most);
    }

    /// Only before a moment.
    public Occasion until(Moment moment) {
        return new Occasion(nth, every, probability, from, moment, after, most);
    }

    /// Only after the fault of another rule.
    public Occasion after(String rule) {
        return new Occasion(nth, every, probability, from, until, rule, most);
    }

    /// So often at most.
    public Occasion atMost(long times) {
        return new Occasion(nth, every, probability, from, until, after, times);
    }
}
