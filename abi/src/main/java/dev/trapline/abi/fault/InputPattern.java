package dev.trapline.abi.fault;

/// What comes into a machine from outside.
///
/// @param kind what it is
public record InputPattern(Kind kind) implements FaultPlace {

    /// The kinds of input.
    public enum Kind {
        /// Characters for the console, as many as arrive at once.
        CONSOLE,
        /// A frame from another machine.
        NETWORK,
        /// The random bytes that a service asked for.
        ENTROPY
    }

    /// A service gets its entropy once, and any bits of it are as good as others.
    boolean takes(InputFault fault) {
        return kind != Kind.ENTROPY || fault == InputFault.DROPPED;
    }

    /// In words.
    @Override
    public String toString() {
        return switch (kind) {
            case CONSOLE -> "console input";
            case NETWORK -> "frames from other machines";
            case ENTROPY -> "entropy for services";
        };
    }
}
