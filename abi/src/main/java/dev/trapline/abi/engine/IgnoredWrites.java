package dev.trapline.abi.engine;

/// Is notified of writes that read-only memory ignored. Called within a slice, like an [MmioDevice].
@FunctionalInterface
public interface IgnoredWrites {

    /// For memory whose ignored writes do not matter.
    IgnoredWrites UNHEARD = (address, pc) -> {};

    /// A write was ignored. An access that the engine makes in several parts is reported several times.
    ///
    /// @param address guest physical address
    /// @param pc the instruction, a virtual address
    void ignored(long address, long pc);
}
