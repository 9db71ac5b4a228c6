package dev.trapline.firmware.sdei;

/// A client's handler for an event: one for a shared event, one on each PE for a private one.
///
/// @param entry its entry point; 0 if none is registered
/// @param argument the value of x1 when it begins
record Handler(HandlerState state, long entry, long argument) {

    /// No handler.
    static final Handler NONE = new Handler(HandlerState.UNREGISTERED, 0, 0);

    Handler in(HandlerState next) {
        return new Handler(next, entry, argument);
    }
}
