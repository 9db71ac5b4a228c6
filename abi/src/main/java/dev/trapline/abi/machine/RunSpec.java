package dev.trapline.abi.machine;

/// Where a run ends, and how often it is checked.
///
/// @param maxInstructions executed instructions after which the run ends; 0 is no limit
/// @param rebootOnReset whether SYSTEM_RESET restarts the machine; otherwise it ends the run
/// @param ramDigestInterval virtual time between two digests of all memory, in ticks, 1 or more
/// @param renewalInterval executed instructions between two renewals, 1 or more. A slice counts as [#SLICE_WORK]
///     instructions in addition, because the work between two slices takes time as well. At a renewal, all vCPUs get
///     fresh engines, without translations and TLB entries; a replay can begin there
/// @param faults whether calls and the machine may get faults. They are inputs of the run, and not part of this
/// @param defects whether devices may get defects too: [Injection.Defect]
public record RunSpec(
        long maxInstructions,
        boolean rebootOnReset,
        long ramDigestInterval,
        long renewalInterval,
        boolean faults,
        boolean defects) {

    /// How many instructions the work between two slices counts for, in the distance of renewals.
    public static final long SLICE_WORK = 1000;

    /// No limit, a machine that restarts on a reset, a digest of memory every ten seconds of virtual time,
    /// renewals some seconds of the host's time apart, and no faults.
    public static final RunSpec DEFAULT = new RunSpec(0, true, 625_000_000, 1 << 28, false, false);

    public RunSpec {
        SpecCheck.require(maxInstructions >= 0, "maxInstructions", "0 (no limit) or more", maxInstructions);
        SpecCheck.atLeast("ramDigestInterval", ramDigestInterval, 1);
        SpecCheck.atLeast("renewalInterval", renewalInterval, 1);
        if (defects && !faults) {
            throw new IllegalArgumentException("a run has no defects without faults");
        }
    }

    /// The same with another limit.
    ///
    /// @param instructions 0 is no limit
    public RunSpec withMaxInstructions(long instructions) {
        return new RunSpec(instructions, rebootOnReset, ramDigestInterval, renewalInterval, faults, defects);
    }

    public RunSpec withRebootOnReset(boolean reboots) {
        return new RunSpec(maxInstructions, reboots, ramDigestInterval, renewalInterval, faults, defects);
    }

    /// The same with another time between two digests of memory.
    ///
    /// @param ticks 1 or more
    public RunSpec withRamDigestInterval(long ticks) {
        return new RunSpec(maxInstructions, rebootOnReset, ticks, renewalInterval, faults, defects);
    }

    /// The same with another distance between renewals.
    ///
    /// @param instructions 1 or more
    public RunSpec withRenewalInterval(long instructions) {
        return new RunSpec(maxInstructions, rebootOnReset, ramDigestInterval, instructions, faults, defects);
    }

    /// The same with or without the possibility of faults. Without it, there are no defects either.
    public RunSpec withFaults(boolean possible) {
        return new RunSpec(
                maxInstructions, rebootOnReset, ramDigestInterval, renewalInterval, possible, possible && defects);
    }

    /// The same with the possibility of faults and of defects.
    public RunSpec withDefects() {
        return new RunSpec(maxInstructions, rebootOnReset, ramDigestInterval, renewalInterval, true, true);
    }
}
