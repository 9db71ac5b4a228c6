package dev.trapline.unicorn.slice;

/// A run that counts blocks of code, and does not know at which instruction of a block the CPU is. If an access needs
/// that, the run ends before its instruction, and runs it again, alone.
public interface BlockRun {

    /// Called for an access to a gap.
    ///
    /// @return whether its instruction is run again, so that this access must be ignored
    boolean repeatsNothing();

    /// Whether code is fetched. This happens between two blocks, when everything before it is done.
    boolean isFetching();

    /// Whether the running instruction is repeated after an access to a gap: its earlier device accesses are
    /// already done.
    boolean isBehindDevices();

    /// Whether the run ends before an instruction that is run again.
    boolean isRepeating();

    /// Called for a store to memory that ignores it: asks for its instruction.
    void askForStore();

    /// How many instructions the run completed before the instruction for which a hook was called.
    ///
    /// @param pc the address of that instruction
    long before(long pc);
}
