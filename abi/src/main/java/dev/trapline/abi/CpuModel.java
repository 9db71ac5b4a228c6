package dev.trapline.abi;

/// The CPU model of a machine's vCPUs.
///
/// The library's "MAX" is not among them: a guest that touches SVE on it makes the library abort the whole process.
public enum CpuModel {
    CORTEX_A53("cortex-a53"),
    CORTEX_A57("cortex-a57"),
    CORTEX_A72("cortex-a72");

    private final String id;

    CpuModel(String id) {
        this.id = id;
    }

    /// The name in configuration and on the command line.
    public String id() {
        return id;
    }
}
