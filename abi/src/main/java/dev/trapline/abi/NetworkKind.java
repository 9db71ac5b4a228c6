package dev.trapline.abi;

/// What the guest's network interface is connected with.
public enum NetworkKind {
    /// There is no network interface.
    NONE("none"),
    /// Each frame that the guest sends comes back to it.
    LOOP("loop"),
    /// The switch of the process: frames reach the other machines that are connected with it.
    SWITCH("switch");

    private final String id;

    NetworkKind(String id) {
        this.id = id;
    }

    /// The name in configuration and on the command line.
    public String id() {
        return id;
    }
}
