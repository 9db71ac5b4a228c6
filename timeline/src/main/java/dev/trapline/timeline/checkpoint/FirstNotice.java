package dev.trapline.timeline.checkpoint;

import org.jspecify.annotations.Nullable;

/// What a person should know, said once: the first thing that came up. What comes up later follows from it, as a rule.
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

    /// Takes the text: it is given out once.
    @Nullable
    String take() {
        String taken = isTaken ? null : text;
        isTaken |= taken != null;
        return taken;
    }
}
