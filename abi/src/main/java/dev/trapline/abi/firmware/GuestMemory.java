package dev.trapline.abi.firmware;

import dev.trapline.abi.Bytes;

/// A service's read-only view of guest memory. To write, return an [Effect].
public interface GuestMemory {

    /// Whether a range lies wholly in memory.
    ///
    /// @param address guest physical address
    /// @param length bytes
    boolean contains(long address, long length);

    /// Reads guest memory.
    ///
    /// @throws IllegalArgumentException if [#contains] is false: check it first, because the address comes from the
    ///     guest
    Bytes read(long address, int length);
}
