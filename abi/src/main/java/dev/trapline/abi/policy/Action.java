package dev.trapline.abi.policy;

import org.jspecify.annotations.Nullable;

/// The action of a rule for its calls. A closed set.
public sealed interface Action {

    /// Answered in place, by the service that claims them.
    record Resident() implements Action {}

    /// Sent to the actor of a service.
    ///
    /// @param service its name; null for the service that claims them
    record Forward(@Nullable String service) implements Action {}

    /// Answered with NOT_SUPPORTED at once.
    record Deny() implements Action {}
}
