package dev.trapline.abi.engine;

/// Is told of each load and store that engines execute. Called on the thread that runs the engine, while it runs: it
/// must be quick, and use no engine.
@FunctionalInterface
public interface AccessListener {

    /// A load or a store. An instruction that does more than one tells of each.
    ///
    /// @param address virtual address of its first byte
    /// @param bytes how many, 1 or more
    /// @param writes whether it is a store
    void accessed(long address, int bytes, boolean writes);
}
