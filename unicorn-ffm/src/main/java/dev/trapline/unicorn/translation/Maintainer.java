package dev.trapline.unicorn.translation;

import dev.trapline.abi.exit.Exit;

/// Drops translations and TLB entries of one engine.
public interface Maintainer {

    /// Drops the translations from a range of physical memory.
    void drop(long address, long length);

    /// Performs an operation that a CPU of the machine executed.
    void maintain(Exit.Maintenance operation);

    /// Empties the TLB.
    void emptyTlb();
}
