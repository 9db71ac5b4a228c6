package dev.trapline.machine.firmware.state;

/// Bytes are not a state that was written by the same classes.
public final class StateDamagedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    StateDamagedException(String message) {
        super(message);
    }

    StateDamagedException(String message, Throwable cause) {
        super(message, cause);
    }
}
