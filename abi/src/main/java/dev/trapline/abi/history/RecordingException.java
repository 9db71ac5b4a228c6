package dev.trapline.abi.history;

/// A recording cannot be made, opened or read. The message says what, where, and what to do.
public sealed class RecordingException extends RuntimeException permits RecordingDamagedException {

    private static final long serialVersionUID = 1L;

    /// What kind of trouble it is.
    public enum Kind {
        /// There is something at the place where a new recording was to be made.
        EXISTS,
        /// There is no recording at that place.
        NOT_A_RECORDING,
        /// It is of a format version, or in a store, that this build does not read.
        NOT_SUPPORTED,
        /// Its events are in a database that the user has not named: no recording decides who is sent a
        /// password.
        NOT_NAMED,
        /// An image in the recording is not what its hash says.
        IMAGE_CHANGED,
        /// An image is not in the recording, and was not given: it was exported without.
        IMAGE_MISSING,
        /// Its bytes are not what was written.
        DAMAGED,
        /// Its run is complete: there is nothing to continue.
        ENDED,
        /// Somebody else is writing it.
        IN_USE,
        /// The file system or the store behind it refused.
        STORAGE,
        /// What was written could not be forced to the disk: nobody knows whether it is there.
        NOT_DURABLE
    }

    private final Kind kind;

    public RecordingException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public RecordingException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /// What kind of trouble it is, for the choice of an exit status.
    public final Kind kind() {
        return kind;
    }
}
