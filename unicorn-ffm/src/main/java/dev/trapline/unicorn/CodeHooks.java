package dev.trapline.unicorn;

/// What the library calls about code itself. As in [Hooks], nothing here may write the PC.
interface CodeHooks extends TranslationHook {

    /// An instruction that was named by [Unicorn#hookInstruction] is about to be executed. In A32 that is before
    /// its condition is checked; in an IT block of T32 after it has passed.
    void instructionReached(long address);
}
