package dev.trapline.launcher.output;

import dev.trapline.abi.Position;

/// Positions in a recording, as JSON.
public final class Positions {

    private Positions() {}

    /// A position. At the exit of a slice, its number of instructions is not known.
    public static JsonObject json(Position position) {
        JsonObject json = new JsonObject().with("slice", position.slice());
        return switch (position.phase()) {
            case RUNNING -> json.with("phase", "running").with("instruction", position.instruction());
            case EXIT -> json.with("phase", "exit");
        };
    }

    /// The beginning of a slice.
    public static JsonObject beginning(long slice) {
        return json(Position.ofSlice(slice));
    }
}
