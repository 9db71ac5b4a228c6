package dev.trapline.abi.state;

/// Bytes are not a state that was written by the same part of a machine, in the same version of Trapline.
public final class StateDamagedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /// @param message what is wrong with the bytes
    public StateDamagedException(String message) {
        super(message);
    }

    /// @param message what is wrong with the bytes
    public StateDamagedException(String message, Throwable cause) {
        super(message, cause);
    }
}
