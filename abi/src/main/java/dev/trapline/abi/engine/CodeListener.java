package dev.trapline.abi.engine;

/// Is told which code engines reach. Called on the thread that runs the engine, while it runs: it must be quick, and
/// use no engine.
@FunctionalInterface
public interface CodeListener {

    /// The PC of a CPU is at an instruction, from where code leads to the next branch. Whether a slice or an
    /// exception ends before that branch makes no difference. So all that a run reports, together, does not depend
    /// on where slices end.
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
