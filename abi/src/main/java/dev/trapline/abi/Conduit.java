package dev.trapline.abi;

/// The instruction by which a guest calls firmware.
public enum Conduit {
    /// Secure Monitor Call.
    SMC,
    /// Hypervisor Call.
    HVC
}
