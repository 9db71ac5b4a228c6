package dev.trapline.unicorn.slice;

import dev.trapline.abi.exit.Exit;

/// Runs the parts of which a slice of a wired CPU consists ([ExceptionRun]).
public interface SliceParts {

    /// Runs a part of a slice, as [dev.trapline.abi.engine.Engine#run] runs a slice, but without taking an
    /// exception.
    ///
    /// @param masked whether the part also ends where an interrupt may have been unmasked; only if it can
    Exit runPart(long budget, long now, long shown, boolean masked);

    /// How many instructions the last part completed.
    long executed();

    /// See [dev.trapline.abi.engine.Engine#shown].
    long shown();

    /// Whether [#runPart] can end where an interrupt may have been unmasked.
    boolean seesUnmasking();

    /// Whether an AArch64 CPU is in AArch32 state.
    boolean isInAarch32();

    /// Whether code at a virtual address can be fetched at EL1.
    boolean isFetchable(long address);

    /// Reads the general registers again.
    void fetchRegisters();
}
