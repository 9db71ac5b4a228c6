package dev.trapline.unicorn.slice;

import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.Width;
import dev.trapline.abi.engine.EngineSpec;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.layout.CpuStateLayout;
import dev.trapline.unicorn.layout.Layouts;

/// The differences between AArch64 and AArch32: how an engine is set up, which registers it has, and how an exception
/// is read.
public interface Architecture {

    /// Which of the two it is.
    Width width();

    /// The `UC_ARCH_` number.
    int arch();

    /// The `UC_CPU_` number of the model.
    int model(EngineSpec spec);

    /// Prepares an instance that has no memory yet.
    void warmUp(Unicorn engine);

    /// Brings a fresh instance into the initial state of a machine's CPU.
    void setUp(Unicorn engine, EngineSpec spec);

    /// The general registers, in the slots of [GeneralRegisters]; the numbered ones come first.
    RegisterBatch generalRegisters(Unicorn engine);

    /// How many of x0 to x30 exist.
    int numbered();

    /// The CPU's current instruction set.
    ExecutionState state(long pstate);

    /// The CPU's current exception level, 0 to 3.
    int exceptionLevel(long pstate);

    /// The start address for the library: the PC, with the mark for the instruction set that the library expects.
    long startAddress(long pc, long pstate);

    /// Sets the PC in the array form. On AArch32, bit 0 selects the instruction set, as in a branch with exchange.
    void setPc(long[] registers, long address);

    /// Corrects the array form after x registers were written: copies registers that are stored twice, and cuts
    /// values to the registers' width.
    void normalise(long[] registers);

    /// A digest of the state that a guest can change, without the general registers.
    StateDigest stateDigest(Unicorn engine);

    /// PMCR_EL0 of a fresh instance.
    long monitorControl(Unicorn engine);

    /// The position of the last exception in context images of this architecture.
    CpuStateLayout layout(Layouts layouts);

    /// A digest of registers that takes one batch read.
    interface StateDigest {
        /// Folds them into a digest.
        ///
        /// @param general the current general registers
        long fold(long digest, long[] general);
    }
}
