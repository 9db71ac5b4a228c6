package dev.trapline.abi.history;

/// A recording cannot be made, opened or read. The message says what, where, and what to do.
public sealed class RecordingException extends RuntimeException permits RecordingDamagedException {

    private static final long serialVersionUID = 1L;

    /// What kind of trouble it is.
    public enum Kind {
        /// The path of a new recording exists already.
        EXISTS,
        /// There is no recording at the path.
        NOT_A_RECORDING,
        /// It is of a format version, or in a store, that this build does not read.
        NOT_SUPPORTED,
        /// Its events are in a database that the user has not named: a recording must not decide where a
        /// password is sent.
        NOT_NAMED,
        /// An image in the recording does not match its hash.
        IMAGE_CHANGED,
        /// An image is not in the recording, and was not given: it was exported without.
        IMAGE_MISSING,
        /// Its bytes were changed.
        DAMAGED,
        /// Its run is complete: there is nothing to continue.
        ENDED,
        /// Another process is writing it.
        IN_USE,
        /// The file system or the store behind it refused.
        STORAGE,
        /// Written data could not be forced to the disk, so it is unknown whether it is there.
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
