package dev.trapline.abi.fault;

/// One rule of a plan: where, when, and what.
///
/// @param name unique in its plan; 1 to 64 letters, digits, `.`, `_` and `-`
/// @param where the calls that it may meet
/// @param when which of them it meets
/// @param what what happens to those
/// @param origin where the rule was declared, for messages: `plan.conf:12`
public record FaultRule(String name, CallPattern where, Occasion when, CallFault what, String origin) {

    private static final String NAME = "[A-Za-z0-9._-]{1,64}";

    /// @throws IllegalArgumentException if the name is none
    public FaultRule {
        if (!isName(name)) {
            throw new IllegalArgumentException("the name of a fault has 1 to 64 letters, digits, '.', '_' and '-'");
        }
    }

    /// A rule of a Java program.
    public FaultRule(String name, CallPattern where, Occasion when, CallFault what) {
        this(name, where, when, what, "Java");
    }

    /// Whether a rule can have the name.
    public static boolean isName(String text) {
        return text.matches(NAME);
    }
}
