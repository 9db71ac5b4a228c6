package dev.trapline.unicorn.ffi;

/// Hooks that the library calls for code itself. As in [Hooks], they must not write the PC.
public interface CodeHooks extends TranslationHook {

    /// Called before an instruction that was passed to [Unicorn#hookInstruction] is executed. In A32, this is
    /// before its condition is checked; in an IT block of T32, after the check has passed.
    void instructionReached(long address);
}
