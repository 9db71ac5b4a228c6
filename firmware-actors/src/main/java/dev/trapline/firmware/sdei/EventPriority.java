package dev.trapline.firmware.sdei;

/// The priority of an event.
enum EventPriority {
    /// Interrupts no handler.
    NORMAL(0),
    /// Interrupts the handler of a normal event.
    CRITICAL(1);

    private final long value;

    EventPriority(long value) {
        this.value = value;
    }

    /// As EVENT_GET_INFO returns it (DEN0054 §5.1.10).
    long value() {
        return value;
    }
}
