package dev.trapline.unicorn.slice;

import dev.trapline.abi.engine.ExceptionEntry;
import dev.trapline.abi.exit.Exit;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.unicorn.translation.Maintainer;
import dev.trapline.unicorn.translation.Translations;
import org.jspecify.annotations.Nullable;

/// How a wired CPU takes its exceptions, between two parts of a slice.
public interface CpuExceptions {

    /// Called before a slice: the state of the CPU may have been loaded since the last one.
    void beginSlice();

    /// Runs a part of a slice: see [SliceParts#runPart].
    Exit run(long budget, long now, long shown, boolean masked);

    /// How many instructions the last part completed.
    long executed();

    /// See [SliceParts#seesUnmasking].
    boolean seesUnmasking();

    /// What drops the translations and TLB entries of the CPU.
    ///
    /// @param first those of its instance
    Maintainer maintainer(Translations first);

    /// Frees what it has opened.
    void close();

    /// Takes an interrupt, which must not be masked.
    void interrupt(ExceptionEntry.Interrupt which);

    /// Takes an SError, which must not be masked.
    ///
    /// @param syndrome see [dev.trapline.abi.engine.CpuWiring#takeSError]
    void serror(int syndrome);

    /// Takes the exception of an instruction.
    ///
    /// @return false if it cannot be taken, because the code of its vector cannot be fetched
    boolean take(GuestFault fault);

    /// Whether the instruction is not refused, but performed outside of the library.
    boolean performs(GuestFault fault);

    /// Performs that instruction. The PC is at the next one afterwards.
    ///
    /// @return what ends the slice; null if it continues
    @Nullable
    Exit perform();
}
