package dev.trapline.firmware.sdei;

import org.jspecify.annotations.Nullable;

/// The states of an event's handler, and the state after each call (DEN0054 §6.1 and §6.1.2).
///
/// A state has three properties: registered, enabled, running. A handler cannot be enabled without being registered:
/// EVENT_UNREGISTER also disables it.
enum HandlerState {
    // Columns: REGISTER, RELEASE, ENABLE, DISABLE, UNREGISTER, ROUTING_SET, CONTEXT, COMPLETE, DISPATCH.
    // -: denied; a dot: allowed, no change; a digit: the state with that value.
    UNREGISTERED(0, "1.-------"),
    REGISTERED(1, "--3.0.---"),
    ENABLED(3, "--.10---7"),
    /// Unregistered while the handler runs: pending until the handler completes.
    UNREGISTER_PENDING(4, "------.0-"),
    REGISTERED_RUNNING(5, "--7.4-.1-"),
    ENABLED_RUNNING(7, "--.54-.3-");

    private static final int REGISTERED_BIT = 1;
    private static final int ENABLED_BIT = 1 << 1;
    private static final int RUNNING_BIT = 1 << 2;

    private static final char DENIED = '-';
    private static final char SAME = '.';

    /// Null for values that are not states.
    private static final @Nullable HandlerState[] BY_VALUE = new HandlerState[RUNNING_BIT << 1];

    static {
        for (HandlerState state : values()) {
            BY_VALUE[state.value] = state;
        }
    }

    private final int value;
    private final String row;

    HandlerState(int value, String row) {
        this.value = value;
        this.row = row;
    }

    /// The state after a call.
    ///
    /// @return null if the call is not allowed in this state
    @Nullable
    HandlerState after(HandlerCall call) {
        char cell = row.charAt(call.column());
        return switch (cell) {
            case DENIED -> null;
            case SAME -> this;
            default -> ofValue(cell - '0');
        };
    }

    private static HandlerState ofValue(int value) {
        HandlerState state = BY_VALUE[value];
        if (state == null) {
            throw new IllegalArgumentException("no state has the value " + value);
        }
        return state;
    }

    /// As EVENT_STATUS returns it: registered in bit 0, enabled in bit 1, running in bit 2 (DEN0054 §5.1.9).
    int value() {
        return value;
    }

    boolean isRegistered() {
        return (value & REGISTERED_BIT) != 0;
    }

    boolean isEnabled() {
        return (value & ENABLED_BIT) != 0;
    }

    boolean isRunning() {
        return (value & RUNNING_BIT) != 0;
    }
}
