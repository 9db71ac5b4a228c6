package dev.trapline.abi.machine;

/// When recorded data is forced to the disk. With each of them, the recording survives if its process is killed.
public enum Durability {
    /// Only at the orderly end.
    NONE("none"),
    /// At regular intervals of host time.
    INTERVAL("interval"),
    /// With every write, before it counts as stored.
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
