package dev.trapline.abi.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Opens engines of one library.
public interface EngineFactory {

    /// Opens a CPU in its reset state: EL1h (SVC mode in AArch32), DAIF masked, MMU off, general registers zero.
    ///
    /// @throws EngineException if the library refuses, naming what it refused
    Engine open(EngineSpec spec);

    /// A factory whose engines tell which code they reach. They execute as the others do.
    ///
    /// @return this one if its engines cannot tell it; then the listener is told nothing
    default EngineFactory reporting(CodeListener listener) {
        return this;
    }

    /// A factory whose engines tell of each load and store. They execute as the others do, but many times more
    /// slowly.
    ///
    /// @return this one if its engines cannot tell it; then the listener is told nothing
    default EngineFactory watching(AccessListener listener) {
        return this;
    }

    /// The library behind the engines: recorded with every run.
    EngineLibrary library();

    /// Memory for a guest: zero, and aligned to [MemoryMap#PAGE].
    ///
    /// @param bytes whole pages
    /// @param arena how long it lives
    /// @throws EngineException if the host does not have that much
    default MemorySegment allocateMemory(long bytes, Arena arena) {
        return arena.allocate(bytes, MemoryMap.PAGE);
    }
}
