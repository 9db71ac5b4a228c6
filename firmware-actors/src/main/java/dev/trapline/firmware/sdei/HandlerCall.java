package dev.trapline.firmware.sdei;

/// The calls that change a handler's state, or that are allowed only in some states (DEN0054 §6.1).
enum HandlerCall {
    REGISTER(0),
    RELEASE(1),
    ENABLE(2),
    DISABLE(3),
    UNREGISTER(4),
    ROUTING_SET(5),
    CONTEXT(6),
    /// EVENT_COMPLETE and EVENT_COMPLETE_AND_RESUME.
    COMPLETE(7),
    /// Not a call: the handler is entered.
    DISPATCH(8);

    private final int column;

    HandlerCall(int column) {
        this.column = column;
    }

    /// The column of this call in the rows of [HandlerState], from 0.
    int column() {
        return column;
    }
}
