package dev.trapline.abi.engine;

/// A device, or several, with registers that do not fill their pages. An access that it does not answer counts as an
/// access to an unmapped address, and is not made.
public interface PartialDevice extends MmioDevice {

    /// Whether all of an access reaches registers.
    ///
    /// @param offset from the device's base
    /// @param size bytes: 1, 2, 4 or 8
    boolean answers(long offset, int size);
}
