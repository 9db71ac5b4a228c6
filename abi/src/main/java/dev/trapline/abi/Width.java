package dev.trapline.abi;

/// Register width of a machine: all of its vCPUs have the same.
public enum Width {
    AARCH64("aarch64"),
    AARCH32("aarch32");

    private final String id;

    Width(String id) {
        this.id = id;
    }

    /// The name in configuration and on the command line.
    public String id() {
        return id;
    }
}
