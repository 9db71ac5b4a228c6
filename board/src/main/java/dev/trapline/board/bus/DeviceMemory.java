package dev.trapline.board.bus;

/// The RAM that a device reads and writes by itself. A device gets addresses from the guest, so every access can be
/// refused.
///
/// A write changes no translated code: as on hardware, the guest maintains its caches before it executes what a device
/// has written.
public interface DeviceMemory {

    /// Whether a range lies wholly in RAM.
    ///
    /// @param address guest physical address
    /// @param length bytes; a negative number is in no memory
    boolean contains(long address, long length);

    /// Reads RAM.
    ///
    /// @param address guest physical address
    /// @param into where the bytes are put, from index `at`
    /// @param length bytes, 0 or more
    /// @return false if the range is not wholly in RAM; then nothing is read
    boolean read(long address, byte[] into, int at, int length);

    /// Writes RAM.
    ///
    /// @param address guest physical address
    /// @param from where the bytes are, from index `at`
    /// @param length bytes, 0 or more
    /// @return false if the range is not wholly in RAM; then nothing is written
    boolean write(long address, byte[] from, int at, int length);
}
