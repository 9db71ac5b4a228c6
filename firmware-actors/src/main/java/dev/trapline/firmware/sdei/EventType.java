package dev.trapline.firmware.sdei;

/// Whether an event belongs to one PE or to all.
enum EventType {
    /// Each PE has its own instance, with its own handler.
    PRIVATE(0),
    /// There is one instance for all PEs, and one handler, which runs on one PE at a time.
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
