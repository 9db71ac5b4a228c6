package dev.trapline.launcher;

import dev.trapline.abi.Position;

/// Positions in a recording, for JSON.
final class Positions {

    private Positions() {}

    /// After some instructions of a slice; after none, its beginning.
    static JsonObject json(Position position) {
        return new JsonObject()
                .with("slice", position.slice())
                .with("phase", "running")
                .with("instruction", position.instruction());
    }

    /// The beginning of a slice.
    static JsonObject beginning(long slice) {
        return json(Position.ofSlice(slice));
    }

    /// Behind the last instruction of a slice, before the exit that ends it is answered. How many instructions that
    /// are is not known.
    static JsonObject atExit(long slice) {
        return new JsonObject().with("slice", slice).with("phase", "exit");
    }
}
