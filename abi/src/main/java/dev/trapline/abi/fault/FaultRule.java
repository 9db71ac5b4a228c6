package dev.trapline.abi.fault;

/// One rule of a plan: where, when, and what.
///
/// @param name unique in its plan; 1 to 64 letters, digits, `.`, `_` and `-`
/// @param where the occasions that it may meet: calls, moments, or inputs
/// @param when which of them it meets
/// @param what what goes wrong there
/// @param origin where the rule was declared, for messages: `plan.conf:12`
public record FaultRule(String name, FaultPlace where, Occasion when, Fault what, String origin) {

    private static final String NAME = "[A-Za-z0-9._-]{1,64}";

    /// @throws IllegalArgumentException if the name is none, or if such a fault is not possible there
    public FaultRule {
        if (!isName(name)) {
            throw new IllegalArgumentException("the name of a fault has 1 to 64 letters, digits, '.', '_' and '-'");
        }
        if (!where.takes(what)) {
            throw new IllegalArgumentException("no fault like this one happens there: " + what + " at " + where);
        }
        if (where instanceof Moments moments && !moments.fits(when)) {
            throw new IllegalArgumentException("'from' and 'until' of a fault at times are times, and one that comes"
                    + " before a slice has neither of them");
        }
        if (where instanceof Moments moments && !moments.isPossible(when)) {
            throw new IllegalArgumentException("none of its moments is one of those that 'when' asks for");
        }
    }

    /// A rule of a Java program.
    public FaultRule(String name, FaultPlace where, Occasion when, Fault what) {
        this(name, where, when, what, "Java");
    }

    /// In words, where and when: `calls of 0xC4000003, only call 2`.
    public String occasion() {
        String which = when.text(where.one());
        return which.isEmpty() ? where.toString() : where + ", " + which;
    }

    /// Whether a rule can have the name.
    public static boolean isName(String text) {
        return text.matches(NAME);
    }
}
