package dev.trapline.abi.policy;

import dev.trapline.abi.InvariantViolation;

/// The decision for a call. A closed set.
public sealed interface Decision {

    /// The name of the service that gets the call.
    ///
    /// @throws InvariantViolation if none does, because it is denied
    String service();

    /// Answered in place by a service's logic, without a hop to its actor.
    ///
    /// @param service the service's name
    record Resident(String service) implements Decision {}

    /// Sent to a service's actor.
    ///
    /// @param service the service's name
    record Forwarded(String service) implements Decision {}

    /// Answered with NOT_SUPPORTED at once.
    ///
    /// @param reason why, for people
    record Denied(Reason reason) implements Decision {
        @Override
        public String service() {
            throw new InvariantViolation("a denied call goes to no service: " + this);
        }
    }

    /// Why a call is denied.
    enum Reason {
        /// No service claims the function identifier.
        UNCLAIMED("no service claims it"),
        /// A rule of the machine's policy denies it.
        BY_RULE("a rule denies it"),
        /// A toggle is off.
        BY_TOGGLE("a toggle is off"),
        /// No rule names it, and what no rule names is not forwarded.
        NOT_FORWARDED("no rule names it, and 'forward-unhandled' is off"),
        /// Its #imm is not 0, so it is not an SMCCC call, and nobody claims it.
        IMMEDIATE("its #imm is not 0, so it is not an SMCCC call"),
        /// A 64-bit function identifier used in AArch32 state.
        WIDTH("a 64-bit function identifier cannot be used from AArch32 state"),
        /// Its condition check failed.
        CONDITION("its condition check failed");

        private final String description;

        Reason(String description) {
            this.description = description;
        }

        /// The reason in words.
        public String description() {
            return description;
        }
    }
}
