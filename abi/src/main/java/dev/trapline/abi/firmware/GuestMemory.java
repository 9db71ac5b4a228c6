package dev.trapline.abi.firmware;

import dev.trapline.abi.Bytes;

/// A service's view of guest memory: reading only. Writing is an [Effect].
public interface GuestMemory {

    /// Whether a range lies wholly in memory.
    ///
    /// @param address guest physical address
    /// @param length bytes
    boolean contains(long address, long length);

    /// Reads guest memory.
    ///
    /// @throws IllegalArgumentException where [#contains] is false: ask it first, the address comes from the guest
    Bytes read(long address, int length);
}
