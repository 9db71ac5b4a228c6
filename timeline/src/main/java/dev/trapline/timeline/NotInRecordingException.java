package dev.trapline.timeline;

/// A recording does not have a position, or its machine no such memory. The message says what there is instead.
public final class NotInRecordingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotInRecordingException(String message) {
        super(message);
    }
}
