package dev.trapline.firmware.sdei;

/// Whose an event is.
enum EventType {
    /// Each PE has its own, with a handler of its own.
    PRIVATE(0),
    /// There is one, and one handler, which runs on one PE at a time.
    SHARED(1);

    private final long value;

    EventType(long value) {
        this.value = value;
    }

    /// As EVENT_GET_INFO returns it (DEN0054 §5.1.10).
    long value() {
        return value;
    }
}
