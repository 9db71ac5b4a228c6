package dev.trapline.abi.engine;

/// Opens engines of one library.
public interface EngineFactory {

    /// Opens a CPU in its reset state: EL1h (SVC mode in AArch32), DAIF masked, MMU off, general registers zero.
    ///
    /// @throws EngineException if the library refuses, naming what it refused
    Engine open(EngineSpec spec);

    /// The library behind the engines: recorded with every run.
    EngineLibrary library();
}
