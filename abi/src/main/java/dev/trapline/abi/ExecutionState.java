package dev.trapline.abi;

/// The instruction set that was executing.
public enum ExecutionState {
    /// AArch64.
    A64,
    /// AArch32, 32-bit Arm instructions.
    A32,
    /// AArch32, Thumb instructions.
    T32;

    /// Whether this state sees the 32-bit registers only.
    public boolean isAarch32() {
        return this != A64;
    }
}
