package dev.trapline.abi.machine;

/// When what was recorded is forced to the disk. Every one of them survives the death of the recording process.
public enum Durability {
    /// At the orderly end alone.
    NONE("none"),
    /// At regular intervals of host time.
    INTERVAL("interval"),
    /// Each time something was written, before it counts as stored.
    EVERY_SEGMENT("every-segment");

    private final String id;

    Durability(String id) {
        this.id = id;
    }

    /// The name in configuration and manifests.
    public String id() {
        return id;
    }
}
