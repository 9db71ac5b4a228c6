package dev.trapline.abi.history;

/// What is kept of a run if its process ended now.
public enum Kept {
    /// Nothing: the run is not recorded.
    NOTHING,
    /// A recording whose header is not stored yet: it cannot be read.
    NO_HEADER,
    /// A recording that can be replayed, and continued.
    RECORDING
}
