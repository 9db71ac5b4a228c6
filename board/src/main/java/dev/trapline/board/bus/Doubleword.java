package dev.trapline.board.bus;

import dev.trapline.abi.engine.MmioDevice;

/// Accesses of 8 bytes to a device whose registers are words: two accesses of 4 bytes, the lower address first.
public final class Doubleword {

    private Doubleword() {}

    /// Reads two words.
    ///
    /// @param offset of the lower word
    public static long read(MmioDevice device, long offset) {
        return device.read(offset, Integer.BYTES)
                | (device.read(offset + Integer.BYTES, Integer.BYTES) << Integer.SIZE);
    }

    /// Writes two words.
    ///
    /// @param offset of the lower word
    public static void write(MmioDevice device, long offset, long value) {
        device.write(offset, Integer.BYTES, value);
        device.write(offset + Integer.BYTES, Integer.BYTES, value >>> Integer.SIZE);
    }
}
