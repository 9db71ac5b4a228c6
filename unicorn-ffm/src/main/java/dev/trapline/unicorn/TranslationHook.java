package dev.trapline.unicorn;

/// What the library calls about code that it translates. As in [Hooks], nothing here may write the PC.
interface TranslationHook {

    /// A block of code has been translated and is about to be executed, but for an instance's very first. A stop
    /// asked for here takes effect before the block's first instruction.
    ///
    /// @param address its first instruction
    /// @param size its length in bytes
    void blockTranslated(long address, int size);
}
