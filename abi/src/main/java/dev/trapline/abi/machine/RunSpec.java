package dev.trapline.abi.machine;

/// Where a run ends, and how often it is checked.
///
/// @param maxInstructions executed instructions after which the run ends; 0 is no limit
/// @param rebootOnReset whether SYSTEM_RESET restarts the machine; otherwise it ends the run
/// @param ramDigestInterval virtual time between two digests of all memory, in ticks, 1 or more
public record RunSpec(long maxInstructions, boolean rebootOnReset, long ramDigestInterval) {

    /// No limit, a machine that restarts on a reset, a digest of memory every ten seconds of virtual time.
    public static final RunSpec DEFAULT = new RunSpec(0, true, 625_000_000);

    public RunSpec {
        SpecCheck.require(maxInstructions >= 0, "maxInstructions", "0 (no limit) or more", maxInstructions);
        SpecCheck.atLeast("ramDigestInterval", ramDigestInterval, 1);
    }

    /// The same with another limit.
    ///
    /// @param instructions 0 is no limit
    public RunSpec withMaxInstructions(long instructions) {
        return new RunSpec(instructions, rebootOnReset, ramDigestInterval);
    }

    public RunSpec withRebootOnReset(boolean reboots) {
        return new RunSpec(maxInstructions, reboots, ramDigestInterval);
    }

    /// The same with another time between two digests of memory.
    ///
    /// @param ticks 1 or more
    public RunSpec withRamDigestInterval(long ticks) {
        return new RunSpec(maxInstructions, rebootOnReset, ticks);
    }
}
