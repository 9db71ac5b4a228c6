package dev.trapline.abi.machine;

/// The order in which vCPUs get slices, and their lengths.
public enum Schedule {
    /// The next runnable vCPU in order, a full budget each time.
    ROUND_ROBIN("round-robin"),
    /// vCPU and length drawn from the seeded generator: the length log-uniform from 1 to the full budget.
    RANDOM("random");

    private final String id;

    Schedule(String id) {
        this.id = id;
    }

    /// The name in configuration and on the command line.
    public String id() {
        return id;
    }
}
