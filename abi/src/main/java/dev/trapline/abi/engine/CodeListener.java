package dev.trapline.abi.engine;

/// Is told which code engines reach. Called on the thread that runs the engine, while it runs: it must be quick, and
/// use no engine.
@FunctionalInterface
public interface CodeListener {

    /// A CPU reached an instruction, and will execute from there to the next branch, as far as its slices and its
    /// exceptions let it. Where the slices of a run end makes no difference to all that is reported of it together,
    /// except for code that it does not reach in other slices.
    ///
    /// Code is reported at least once after the listener was set: an engine that has reported code need not do it
    /// again.
    ///
    /// @param begin virtual address of the first instruction
    /// @param end virtual address behind the last one
    /// @param branches whether the last one is a branch, or causes an exception: otherwise code was cut there for a
    ///     reason that may be the engine's own
    void reached(long begin, long end, boolean branches);
}
