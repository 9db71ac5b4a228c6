package dev.trapline.timeline;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Figures;
import dev.trapline.abi.firmware.GuestMemory;

/// Some bytes of a machine's memory.
///
/// @param address guest physical address of the first one
/// @param length bytes, 1 or more
public record MemoryRange(long address, int length) {

    /// Reads them.
    ///
    /// @throws NotInRecordingException if they are not all in memory
    public Bytes read(GuestMemory from) {
        if (!from.contains(address, length)) {
            throw new NotInRecordingException(Figures.count(length, "byte") + " at 0x" + Long.toHexString(address)
                    + " are not all in the machine's RAM or flash");
        }
        return from.read(address, length);
    }
}
