package dev.trapline.abi;

/// The instruction by which a guest calls firmware.
public enum Conduit {
    /// Secure Monitor Call.
    SMC("smc"),
    /// Hypervisor Call.
    HVC("hvc");

    private final String method;

    Conduit(String method) {
        this.method = method;
    }

    /// Its name in a device tree, as the value of `method`.
    public String method() {
        return method;
    }
}
