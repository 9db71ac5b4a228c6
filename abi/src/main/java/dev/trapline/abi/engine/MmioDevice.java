package dev.trapline.abi.engine;

/// A device behind memory-mapped registers. Called within a slice, on the thread of the machine that holds the token.
///
/// Its answers may depend only on its own state and on what the machine gave it between slices.
public interface MmioDevice {

    /// A guest read.
    ///
    /// @param offset from the device's base
    /// @param size bytes: 1, 2, 4 or 8
    long read(long offset, int size);

    /// A guest write.
    ///
    /// @param offset from the device's base
    /// @param size bytes: 1, 2, 4 or 8
    void write(long offset, int size, long value);
}
