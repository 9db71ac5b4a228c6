package dev.trapline.explore;

import java.util.Comparator;

/// A firmware call, the state in which it was made, and what came of it. There are few of them, because everything but
/// names is left out.
///
/// @param function its name; [#OTHER] if no service gives it one
/// @param state of the vCPU that it is about, `target off`; if it is about none, whether the caller was in the handler
///     of an event: `caller in a handler`, `caller on`
/// @param result its name; [#NONE] if nothing was returned, [#VALUE] if it has no name
public record CallInState(String function, String state, String result) implements Comparable<CallInState> {

    /// A function without a name.
    public static final String OTHER = "another function";

    /// A call that does not return, or that returns nothing.
    public static final String NONE = "nothing";

    /// A result without a name.
    public static final String VALUE = "a value";

    private static final Comparator<CallInState> ORDER = Comparator.comparing(CallInState::function)
            .thenComparing(CallInState::state)
            .thenComparing(CallInState::result);

    @Override
    public int compareTo(CallInState other) {
        return ORDER.compare(this, other);
    }
}
