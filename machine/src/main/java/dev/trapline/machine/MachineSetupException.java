package dev.trapline.machine;

/// A machine cannot be built as requested: a mistake of the user, which the message names.
public final class MachineSetupException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public MachineSetupException(String message) {
        super(message);
    }

    public MachineSetupException(String message, Throwable cause) {
        super(message, cause);
    }
}
