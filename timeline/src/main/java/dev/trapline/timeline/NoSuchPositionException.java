package dev.trapline.timeline;

/// A recording does not have a position. The message says what it has instead.
public final class NoSuchPositionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NoSuchPositionException(String message) {
        super(message);
    }
}
