package dev.trapline.firmware.sdei;

/// The handlers that a PE runs: that of at most one normal event, interrupted by that of at most one critical event
/// (DEN0054, event priorities).
///
/// @param normal number of the normal event, or [#NONE]
/// @param critical number of the critical event, or [#NONE]
record Pe(int normal, int critical) {

    /// No event.
    static final int NONE = -1;

    /// A PE outside of any handler.
    static final Pe IDLE = new Pe(NONE, NONE);

    boolean isRunning() {
        return innermost() != NONE;
    }

    /// The event whose handler is being executed, or [#NONE].
    int innermost() {
        return critical != NONE ? critical : normal;
    }

    /// Whether the handler of an event of this priority may be entered now: a normal event interrupts no handler, a
    /// critical event interrupts the handler of a normal event.
    boolean canEnter(EventPriority priority) {
        return switch (priority) {
            case NORMAL -> !isRunning();
            case CRITICAL -> critical == NONE;
        };
    }

    Pe entering(EventDefinition event) {
        return switch (event.priority()) {
            case NORMAL -> new Pe(event.number(), critical);
            case CRITICAL -> new Pe(normal, event.number());
        };
    }

    /// Without the innermost handler.
    Pe leaving() {
        return critical != NONE ? new Pe(normal, NONE) : IDLE;
    }
}
