package dev.trapline.unicorn;

import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.engine.EngineSpec;
import dev.trapline.abi.exit.GeneralRegisters;

/// What differs between the two register widths: how an engine is set up, which registers there are, how an exception
/// reads.
sealed interface Architecture permits Aarch64, Aarch32 {

    /// The `UC_ARCH_` number.
    int arch();

    /// The `UC_CPU_` number of the model.
    int model(EngineSpec spec);

    /// Prepares an instance that has no memory yet.
    void warmUp(Unicorn engine);

    /// Brings a fresh instance into the state that a machine's CPU starts in.
    void setUp(Unicorn engine, EngineSpec spec);

    /// The general registers, in the slots of [GeneralRegisters]; those with a number stand first.
    RegisterBatch generalRegisters(Unicorn engine);

    /// How many of x0 to x30 there are.
    int numbered();

    /// The instruction set that the CPU is in.
    ExecutionState state(long pstate);

    /// The exception level that the CPU is at, 0 to 3.
    int exceptionLevel(long pstate);

    /// The address to start from: the PC, marked where the library wants the instruction set marked.
    long startAddress(long pc, long pstate);

    /// Sets the PC in the array form. On AArch32, bit 0 selects the instruction set as a branch with exchange does.
    void setPc(long[] registers, long address);

    /// Brings the array form into order after x registers were written: what one register holds twice, and how wide
    /// it is.
    void normalise(long[] registers);

    /// Reads what a guest can have left beyond the general registers into a digest.
    StateDigest stateDigest(Unicorn engine);

    /// PMCR_EL0 of a fresh instance.
    long monitorControl(Unicorn engine);

    /// Where context images of this width keep the last exception.
    CpuStateLayout layout(UnicornLibrary library);

    /// A digest of registers that takes one batch read.
    interface StateDigest {
        /// Folds them into a digest.
        ///
        /// @param general the general registers as they are
        long fold(long digest, long[] general);
    }
}
