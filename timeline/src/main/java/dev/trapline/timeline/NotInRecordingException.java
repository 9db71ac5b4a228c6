package dev.trapline.timeline;

/// A recording does not contain a position, or its machine has no such memory. The message says what exists.
public final class NotInRecordingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotInRecordingException(String message) {
        super(message);
    }
}
