package dev.trapline.unicorn;

/// What the library calls about code itself. As in [Hooks], nothing here may write the PC.
interface CodeHooks {

    /// A block of code has been translated and is about to be executed, but for an instance's very first. A stop
    /// asked for here takes effect before the block's first instruction.
    ///
    /// @param address its first instruction
    /// @param size its length in bytes
    void blockTranslated(long address, int size);

    /// An instruction that was named by [Unicorn#hookInstruction] is about to be executed. In A32 that is before
    /// its condition is checked; in an IT block of T32 after it has passed.
    void instructionReached(long address);
}
