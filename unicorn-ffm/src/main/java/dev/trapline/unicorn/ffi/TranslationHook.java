package dev.trapline.unicorn.ffi;

/// A hook that the library calls for code that it translates. As in [Hooks], it must not write the PC.
public interface TranslationHook {

    /// Called after a block of code was translated and before it is executed, except for an instance's first block.
    /// A stop that is requested here takes effect before the block's first instruction.
    ///
    /// @param address its first instruction
    /// @param size its length in bytes
    void blockTranslated(long address, int size);
}
