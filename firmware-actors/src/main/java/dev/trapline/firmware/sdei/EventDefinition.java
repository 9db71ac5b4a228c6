package dev.trapline.firmware.sdei;

/// The properties of an event that never change.
///
/// @param number 0 to 0x7fffffff
/// @param type private or shared
/// @param priority its priority
/// @param signalable whether EVENT_SIGNAL accepts it
/// @param dynamic whether it is a slot for INTERRUPT_BIND
/// @param intid the interrupt that the platform bound to it, or [#NO_INTERRUPT]
record EventDefinition(
        int number, EventType type, EventPriority priority, boolean signalable, boolean dynamic, int intid)
        implements Comparable<EventDefinition> {

    /// No interrupt is bound.
    static final int NO_INTERRUPT = -1;

    /// The event that software signals: private, of normal priority, always present (DEN0054, software-signalled
    /// event).
    static final EventDefinition SOFTWARE_SIGNALLED =
            new EventDefinition(0, EventType.PRIVATE, EventPriority.NORMAL, true, false, NO_INTERRUPT);

    /// A slot for INTERRUPT_BIND. Its priority is normal.
    static EventDefinition slot(int number, EventType type) {
        return new EventDefinition(number, type, EventPriority.NORMAL, false, true, NO_INTERRUPT);
    }

    boolean isShared() {
        return type == EventType.SHARED;
    }

    boolean isSoftwareSignalled() {
        return number == SOFTWARE_SIGNALLED.number;
    }

    /// The order of delivery when several are pending: critical before normal, then the lowest number.
    @Override
    public int compareTo(EventDefinition other) {
        int byPriority = other.priority.compareTo(priority);
        return byPriority != 0 ? byPriority : Integer.compare(number, other.number);
    }
}
