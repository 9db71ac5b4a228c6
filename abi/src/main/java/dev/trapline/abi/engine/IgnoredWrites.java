package dev.trapline.abi.engine;

/// Hears of writes that read-only memory ignored. Called within a slice, as an [MmioDevice] is.
@FunctionalInterface
public interface IgnoredWrites {

    /// For memory that nobody asks about.
    IgnoredWrites UNHEARD = (address, pc) -> {};

    /// A write was ignored. An access that the engine makes in several parts is heard of several times.
    ///
    /// @param address guest physical address
    /// @param pc the instruction, a virtual address
    void ignored(long address, long pc);
}
