package dev.trapline.abi.registry;

import dev.trapline.abi.firmware.ServiceDescriptor.Claim;

/// One line of a machine's policy: what becomes of the calls in a range.
///
/// @param range function identifiers
/// @param action what becomes of them
/// @param origin where the rule was declared, for messages: `machine.conf: 12`
public record Rule(Claim range, Action action, String origin) {

    /// What a rule can say of the calls it names.
    public enum Action {
        /// Answered in place by the service that claims them.
        RESIDENT,
        /// Sent to the actor of the service that claims them.
        FORWARD,
        /// Answered with NOT_SUPPORTED.
        DENY
    }
}
