package dev.trapline.timeline.checkpoint;

import org.jspecify.annotations.Nullable;

/// Keeps the first message for the user. Later ones are usually consequences of it.
final class FirstNotice {

    private @Nullable String text;
    private boolean isTaken;

    void note(String what) {
        text = text == null ? what : text;
    }

    @Nullable
    String text() {
        return text;
    }

    /// Takes the message, which is returned only once.
    @Nullable
    String take() {
        String taken = isTaken ? null : text;
        isTaken |= taken != null;
        return taken;
    }
}
